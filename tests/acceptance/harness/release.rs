//! A Terraform for machines without one, kept under the target directory.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use zip::ZipArchive;

use super::http;
use super::installation::platform;

/// The release that is fetched where the machine has no Terraform.
pub const VERSION: &str = "1.11.4";

const CHECKSUMS: &[(&str, &str)] = &[
    (
        "darwin_amd64",
        "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    ),
    (
        "darwin_arm64",
        "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    ),
    (
        "linux_amd64",
        "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    ),
    (
        "linux_arm64",
        "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
    ),
];

/// What may fail in more than one way.
pub type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Where fetched binaries stay between runs.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo keeps its temporary directory in the target directory")
        .join("terraform")
}

/// The pinned release of Terraform: from the cache, else from its publisher, checksum verified, one process at a time.
pub fn fetch() -> Fallible<PathBuf> {
    let folder = cache().join(VERSION);
    let binary = folder.join("terraform");
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join(".lock"))?;
    lock.lock()?;
    if !binary.exists() {
        unpack(Cursor::new(download()?), &binary)?;
    }
    Ok(binary)
}

fn download() -> Fallible<impl AsRef<[u8]>> {
    let platform = platform();
    let (_, checksum) = CHECKSUMS
        .iter()
        .find(|(name, _)| *name == platform)
        .ok_or_else(|| format!("no checksum is pinned for {platform}"))?;
    let url = format!(
        "https://releases.hashicorp.com/terraform/{VERSION}/terraform_{VERSION}_{platform}.zip"
    );
    say(&format!("no terraform or tofu on PATH: fetching {url}"));
    let archive = http::remote()
        .get(&url)
        .send()?
        .error_for_status()?
        .bytes()?;
    verify(&archive, checksum)?;
    Ok(archive)
}

/// Takes the program named `terraform` out of `archive`; `binary` appears whole or not at all.
fn unpack(archive: impl Read + Seek, binary: &Path) -> Fallible<()> {
    let mut archive = ZipArchive::new(archive)?;
    let names = archive.file_names().collect::<Result<Vec<_>, _>>()?;
    let name = names
        .into_iter()
        .find(|name| Path::new(name.as_ref()).file_name() == Some("terraform".as_ref()))
        .ok_or("the archive holds no terraform")?
        .into_owned();
    let folder = binary.parent().expect("a file stands in a directory");
    let mut partial = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut archive.by_name(&name)?, &mut partial)?;
    partial
        .as_file()
        .set_permissions(fs::Permissions::from_mode(0o755))?;
    partial.persist(binary)?;
    Ok(())
}

fn verify(archive: &[u8], checksum: &str) -> Fallible<()> {
    let mut actual = String::new();
    for byte in digest(&SHA256, archive).as_ref() {
        write!(actual, "{byte:02x}")?;
    }
    if actual != checksum {
        return Err(format!("its SHA-256 is {actual}, wanted {checksum}").into());
    }
    Ok(())
}

/// Tells the person who waits.
#[expect(
    clippy::print_stderr,
    reason = "a download of this size must not be silent"
)]
pub fn say(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_with_another_checksum_is_refused() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        verify(b"", empty).unwrap();
        let error = verify(b"tampered", empty).unwrap_err().to_string();
        assert!(error.contains(&format!("wanted {empty}")), "{error}");
    }

    #[test]
    fn the_program_is_taken_out_of_the_archive_and_can_be_run() {
        use std::io::Write as _;
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [("LICENSE.txt", "words"), ("some/where/terraform", "#!")] {
            archive.start_file(name, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("terraform");
        unpack(archive.finish().unwrap(), &binary).unwrap();
        assert_eq!(fs::read_to_string(&binary).unwrap(), "#!");
        assert_eq!(
            binary.metadata().unwrap().permissions().mode() & 0o777,
            0o755
        );
    }
}
