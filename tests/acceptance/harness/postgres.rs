//! A real PostgreSQL server, made for one test and gone with it.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;

use super::Running;
use super::process::LIMIT;
use super::terraform::on_path;

const POLL: Duration = Duration::from_millis(20);

/// A server on loopback that wants passwords over TCP; dropping it ends it.
pub struct Postgres {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Why this machine has no server.
    pub fn obstacle() -> Option<String> {
        let missing = ["initdb", "postgres", "psql"]
            .into_iter()
            .find(|name| find(name).is_none())?;
        Some(format!(
            "no {missing}: install Debian's package postgresql, or put the programs of PostgreSQL on PATH"
        ))
    }

    /// Starts a server on a free port, with TLS and a certificate of its own beside plain connections.
    #[track_caller]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("a certificate");
        let files = [
            ("server.crt", cert.pem()),
            ("server.key", signing_key.serialize_pem()),
        ];
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::write(&file, text).expect("a file in it");
            own(&file, 0o600);
        }
        own(folder.path(), 0o700);
        let data = folder.path().join("data");
        let mut initdb = program("initdb");
        initdb
            .args([
                "--username=postgres",
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
            ])
            .args(["--no-sync", "--encoding=UTF8", "--locale=C", "--pgdata"])
            .arg(&data);
        Running::start(&mut initdb).wait().expect_code(0);
        let (server, port) = spawn(folder.path());
        let mut postgres = Self {
            server,
            folder,
            port,
        };
        // Another program may take the port before the server does.
        while !postgres.is_ready() {
            let log = postgres.log();
            assert!(log.contains("Address already in use"), "no server: {log}");
            (postgres.server, postgres.port) = spawn(postgres.folder.path());
        }
        postgres
    }

    /// Where it listens on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that its TLS shows, and the CA of it.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    /// Runs SQL as the superuser and returns what came back.
    #[track_caller]
    pub fn sql(&self, statement: &str) -> String {
        self.sql_in("postgres", statement)
    }

    /// The same in this database.
    #[track_caller]
    pub fn sql_in(&self, database: &str, statement: &str) -> String {
        self.psql(database, statement).wait().expect_code(0).stdout
    }

    fn psql(&self, database: &str, statement: &str) -> Running {
        let mut psql = program("psql");
        psql.args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--username=postgres",
        ])
        .arg("--host")
        .arg(self.folder.path())
        .args(["--port", &self.port.to_string(), "--dbname", database])
        .args(["--command", statement]);
        Running::start(&mut psql)
    }

    fn is_ready(&mut self) -> bool {
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline && self.server.try_wait().is_ok_and(|end| end.is_none()) {
            if self.psql("postgres", "SELECT 1").wait().success() {
                return true;
            }
            sleep(POLL);
        }
        false
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once, without a word to its clients, and taking its own children with it.
        if let Ok(id) = i32::try_from(self.server.id()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGQUIT);
        }
        drop(self.server.wait());
    }
}

/// Starts the server on a port that was free a moment ago.
#[track_caller]
fn spawn(folder: &Path) -> (Child, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let file = |name: &str| folder.join(name).display().to_string();
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        format!("unix_socket_directories={}", folder.display()),
        format!("ssl_cert_file={}", file("server.crt")),
        format!("ssl_key_file={}", file("server.key")),
        "ssl=on".to_owned(),
        "log_connections=on".to_owned(),
        "fsync=off".to_owned(),
    ];
    let log = fs::File::create(folder.join("log")).expect("a file for its log");
    let server = program("postgres")
        .args(["-D", &file("data")])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    (server.expect("the server starts"), port)
}

/// The server refuses to run as root, so that another user has to.
fn user() -> Option<User> {
    let mut names = ["postgres", "nobody"].into_iter();
    let find = |name| User::from_name(name).ok().flatten();
    geteuid().is_root().then(|| names.find_map(find)).flatten()
}

fn own(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a file of ours");
    if let Some(user) = user() {
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .expect("root gives files away");
    }
}

fn program(name: &str) -> Command {
    let program =
        find(name).unwrap_or_else(|| panic!("{}", Postgres::obstacle().unwrap_or_default()));
    let mut command = Command::new(program);
    command
        .env_remove("PGPORT")
        .env_remove("PGHOST")
        .current_dir("/");
    if let Some(user) = user() {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command
}

/// A program on `PATH`, or where Debian puts those of a server: by version.
fn find(name: &str) -> Option<PathBuf> {
    on_path(name, env::var_os("PATH").as_ref()).or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        let programs =
            versions.filter_map(|version| Some(version.ok()?.path().join("bin").join(name)));
        programs.filter(|program| program.is_file()).max()
    })
}
