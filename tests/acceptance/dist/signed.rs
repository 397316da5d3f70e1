//! The release that `make dist` wrote, signed, and with archives of further platforms.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::keyring::Keyring;
use super::release::{self, VERSION, script};

/// The platforms of which there is an archive, besides this machine's.
const OTHERS: [&str; 3] = ["linux_amd64", "linux_arm64", "darwin_arm64"];

/// A folder with the files of a release of the provider alone.
pub(crate) struct SignedRelease {
    folder: TempDir,
    /// What signed it.
    pub(crate) keyring: Keyring,
}

impl SignedRelease {
    /// A copy of the release. The archives of other platforms hold a stand-in: nothing here starts them.
    #[track_caller]
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let native = release::platform();
        for name in [archive(&native), bill(&native)] {
            fs::write(folder.path().join(&name), release::read(&name)).unwrap();
        }
        for platform in OTHERS.into_iter().filter(|platform| *platform != native) {
            fs::write(folder.path().join(archive(platform)), stand_in(platform)).unwrap();
            fs::write(folder.path().join(bill(platform)), "{}").unwrap();
        }
        let keyring = Keyring::with_key("rsa2048");
        let release = Self { folder, keyring };
        release.sign_with(&release.keyring);
        release
    }

    /// Sums the files up and signs them with another key.
    #[track_caller]
    pub(crate) fn sign_with(&self, keyring: &Keyring) {
        let mut finish = script();
        finish.arg("finish").arg(self.folder());
        let finished = finish
            .env("GPG_PRIVATE_KEY", keyring.private_key())
            .output();
        let finished = finished.unwrap();
        assert!(finished.status.success(), "{finished:?}");
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The platforms, each as operating system and architecture.
    pub(crate) fn platforms(&self) -> Vec<(String, String)> {
        let platform = |name: String| {
            let (os, arch) = name.strip_suffix(".zip")?.rsplit_once('_')?;
            Some((os.rsplit_once('_')?.1.to_owned(), arch.to_owned()))
        };
        self.names().into_iter().filter_map(platform).collect()
    }

    /// The names of all files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        release::names_in(self.folder())
    }

    /// A file's contents.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder().join(name)).unwrap()
    }

    /// Copies the archives to where a mirror has those of the provider `source`, and returns that folder.
    pub(crate) fn mirror(&self, mirror: &Path, source: &str) -> PathBuf {
        let folder = mirror.join(source);
        fs::create_dir_all(&folder).unwrap();
        for name in self.names().iter().filter(|name| is_archive(name)) {
            fs::copy(self.folder().join(name), folder.join(name)).unwrap();
        }
        folder
    }
}

/// The name of the provider's archive for a platform.
pub(crate) fn archive(platform: &str) -> String {
    format!("terraform-provider-iwd_{VERSION}_{platform}.zip")
}

/// Whether a file of this name is an archive.
pub(crate) fn is_archive(name: &str) -> bool {
    Path::new(name).extension() == Some("zip".as_ref())
}

/// The name of the sums.
pub(crate) fn sums() -> String {
    format!("terraform-provider-iwd_{VERSION}_SHA256SUMS")
}

fn bill(platform: &str) -> String {
    archive(platform).replace(".zip", ".cdx.json")
}

/// An archive with a text in the place of the program.
pub(crate) fn stand_in(platform: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let program = format!("terraform-provider-iwd_v{VERSION}");
    let options = SimpleFileOptions::default().unix_permissions(0o755);
    archive.start_file(program, options).unwrap();
    write!(archive, "stands for the program of {platform}").unwrap();
    archive.finish().unwrap().into_inner()
}
