//! Signing keys that live for one test.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A keyring with one key, gone at the end of the test.
pub(crate) struct Keyring(TempDir);

impl Keyring {
    /// One with a fresh key of `algorithm`, such as `rsa2048`.
    pub(crate) fn with_key(algorithm: &str) -> Self {
        let keyring = Self(tempfile::tempdir().unwrap());
        keyring.gpg(&[
            "--passphrase",
            "",
            "--quick-generate-key",
            "nobody <nobody@example.com>",
            algorithm,
            "sign",
            "never",
        ]);
        keyring
    }

    /// The key, armored.
    pub(crate) fn private_key(&self) -> String {
        String::from_utf8(self.gpg(&["--armor", "--export-secret-keys"]).stdout).unwrap()
    }

    /// The part that all may know, armored.
    pub(crate) fn public_key(&self) -> String {
        String::from_utf8(self.gpg(&["--armor", "--export"]).stdout).unwrap()
    }

    /// The id by which registries name it.
    pub(crate) fn key_id(&self) -> String {
        key_id_of(&self.public_key())
    }

    /// Whether the key signed this.
    pub(crate) fn verifies(&self, signature: &Path, signed: &Path) -> bool {
        let gpg = self
            .command()
            .arg("--verify")
            .args([signature, signed])
            .output();
        gpg.unwrap().status.success()
    }

    #[track_caller]
    fn gpg(&self, arguments: &[&str]) -> Output {
        let output = self
            .command()
            .args(arguments)
            .output()
            .expect("gpg is installed");
        assert!(output.status.success(), "{output:?}");
        output
    }

    fn command(&self) -> Command {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--quiet", "--homedir"])
            .arg(self.0.path());
        command
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let mut agent = Command::new("gpgconf");
        let ended = agent
            .arg("--homedir")
            .arg(self.0.path())
            .args(["--kill", "all"])
            .status();
        assert!(ended.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// The id of a public key.
pub(crate) fn key_id_of(armored: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.asc");
    std::fs::write(&file, armored).unwrap();
    let mut gpg = Command::new("gpg");
    gpg.arg("--homedir").arg(folder.path());
    gpg.args(["--batch", "--quiet", "--with-colons", "--show-keys"]);
    let listed = gpg.arg(file).output().unwrap().stdout;
    let listed = String::from_utf8(listed).unwrap();
    let key = listed.lines().find(|line| line.starts_with("pub:"));
    key.unwrap().split(':').nth(4).unwrap().to_owned()
}
