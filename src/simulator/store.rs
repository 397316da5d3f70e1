//! The simulator's database: one `SQLite` file that keeps what was acknowledged, through `kill -9` too.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::{Map, Value, json};

use super::records;
use super::rules::{Deletion, Provisioning};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS tenants (
        ccid TEXT PRIMARY KEY,
        body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS services (
        ccid TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
        name TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (ccid, name)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS api_keys (
        ccid TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (ccid, name)
    ) STRICT;
";

/// Why the database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file can't be made.
    #[error("the simulator's database: {0}")]
    File(#[from] io::Error),
    /// `SQLite` refused, or the file is not a database.
    #[error("the simulator's database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A stored record is not JSON.
    #[error("the simulator's database holds a broken record: {0}")]
    Record(#[from] serde_json::Error),
}

/// The tenants and what IWD created for them. Clones share one database. Calls block.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens a database file, making it for its owner alone if there is none: it holds every secret that was sent.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file)?;
        Self::prepare(Connection::open(file)?)
    }

    /// A database that is gone with the last clone.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        // In WAL mode only FULL syncs at every commit: what is acknowledged is on disk.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(TABLES)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Creates the tenant or brings it up to date.
    ///
    /// The documentation says nothing of records that a later request leaves out or names
    /// differently. The simulator's own: they stay.
    pub(super) fn provision(&self, provisioning: &Provisioning) -> Result<(), StoreError> {
        self.write(|transaction| {
            let ccid = provisioning.text("tenant.ccid");
            transaction.execute(
                "INSERT INTO tenants VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET body = excluded.body",
                params![ccid, provisioning.body().to_string()],
            )?;
            for (service, record) in records::services(provisioning) {
                transaction.execute(
                    "INSERT INTO services VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET record = excluded.record",
                    params![ccid, service.name(), record.to_string()],
                )?;
            }
            for (name, key) in records::api_keys(provisioning) {
                transaction.execute(
                    "INSERT INTO api_keys VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET key = excluded.key",
                    params![ccid, name, key],
                )?;
            }
            Ok(())
        })
    }

    /// Deletes what is asked for; `false` when there is no such tenant.
    ///
    /// The simulator's own: a named service that is not held is no error, and the API keys and the
    /// tenant stay when services are deleted.
    pub(super) fn delete(&self, ccid: &str, deletion: &Deletion) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let known = transaction
                .query_row("SELECT 1 FROM tenants WHERE ccid = ?1", [ccid], |_| Ok(()))
                .optional()?
                .is_some();
            match deletion {
                Deletion::Tenant => {
                    transaction.execute("DELETE FROM tenants WHERE ccid = ?1", [ccid])?;
                }
                Deletion::Services(services) => {
                    for service in services {
                        transaction.execute(
                            "DELETE FROM services WHERE ccid = ?1 AND name = ?2",
                            [ccid, service.name()],
                        )?;
                    }
                }
            }
            Ok(known)
        })
    }

    /// The contact center ids of all tenants, sorted.
    pub(super) fn ccids(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT ccid FROM tenants ORDER BY ccid")?;
        let ccids = statement.query_map([], |row| row.get(0))?;
        Ok(ccids.collect::<Result<_, _>>()?)
    }

    /// Everything held for a tenant, secrets included.
    pub(super) fn tenant(&self, ccid: &str) -> Result<Option<Value>, StoreError> {
        let connection = self.lock();
        let body: Option<String> = connection
            .query_row("SELECT body FROM tenants WHERE ccid = ?1", [ccid], |row| {
                row.get(0)
            })
            .optional()?;
        let Some(body) = body else { return Ok(None) };
        let body: Value = serde_json::from_str(&body)?;
        let mut services = Map::new();
        for (name, record) in pairs(
            &connection,
            "SELECT name, record FROM services WHERE ccid = ?1",
            ccid,
        )? {
            services.insert(name, serde_json::from_str(&record)?);
        }
        let api_keys: Map<String, Value> = pairs(
            &connection,
            "SELECT name, key FROM api_keys WHERE ccid = ?1",
            ccid,
        )?
        .into_iter()
        .map(|(name, key)| (name, key.into()))
        .collect();
        let of_tenant = |name: &str| &body["tenant"][name];
        Ok(Some(json!({
            "ccid": ccid,
            "tenant": {
                "id": of_tenant("id"),
                "name": of_tenant("name"),
                "ccid": of_tenant("ccid"),
                "apiKey": of_tenant("apiKey"),
            },
            "services": services,
            "apiKeys": api_keys,
            "body": body,
        })))
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// A panic under the lock rolled its transaction back, so the connection is still good.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn pairs(
    connection: &Connection,
    query: &str,
    ccid: &str,
) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([ccid], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::super::rules::Service;
    use super::super::rules::tests::documented_body;
    use super::*;

    const CCID: &str = "9350e2fc-a1dd-4c65-";

    fn names(store: &Store, of: &str) -> Vec<String> {
        let tenant = store.tenant(CCID).unwrap().unwrap();
        tenant[of].as_object().unwrap().keys().cloned().collect()
    }

    fn provision(store: &Store, body: Value) {
        let provisioning = Provisioning::check(body).ok().unwrap();
        store.provision(&provisioning).unwrap();
    }

    #[test]
    fn the_last_body_is_held_field_for_field() {
        let store = Store::in_memory().unwrap();
        let mut body = documented_body();
        provision(&store, body.clone());
        body["iwd"]["db"]["password"] = "changed".into();
        provision(&store, body.clone());
        let tenant = store.tenant(CCID).unwrap().unwrap();
        assert_eq!(tenant["body"], body);
        assert_eq!(tenant["services"]["iWD"]["db"]["password"], "changed");
        assert_eq!(store.ccids().unwrap(), [CCID]);
    }

    #[test]
    fn what_a_later_request_leaves_out_or_renames_stays() {
        let store = Store::in_memory().unwrap();
        let mut body = documented_body();
        provision(&store, body.clone());
        body["tenant"].as_object_mut().unwrap().remove("gws");
        body["tenant"]["name"] = "t200".into();
        body["iwd"]["apiKeys"]
            .as_object_mut()
            .unwrap()
            .remove("IWD_APIKEY_IWDDM");
        provision(&store, body);
        assert_eq!(names(&store, "services"), ["GAPI", "iWD", "iWDEmail"]);
        assert_eq!(
            names(&store, "apiKeys"),
            [
                "iWD 100 t100 IWDDM Key",
                "iWD 100 t100 Tenant Key",
                "iWD 100 t200 Tenant Key"
            ]
        );
    }

    #[test]
    fn deleting_services_leaves_the_rest() {
        let store = Store::in_memory().unwrap();
        provision(&store, documented_body());
        let services = Deletion::Services(vec![Service::Iwd, Service::IwdEmail]);
        assert!(store.delete(CCID, &services).unwrap());
        assert_eq!(names(&store, "services"), ["GAPI"]);
        assert_eq!(names(&store, "apiKeys").len(), 2);
    }

    #[test]
    fn deleting_the_tenant_leaves_nothing() {
        let store = Store::in_memory().unwrap();
        provision(&store, documented_body());
        assert!(store.delete(CCID, &Deletion::Tenant).unwrap());
        assert!(store.tenant(CCID).unwrap().is_none());
        let connection = store.lock();
        for table in ["tenants", "services", "api_keys"] {
            let count: i64 = connection
                .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                    row.get(0)
                })
                .unwrap();
            assert_eq!(count, 0, "{table}");
        }
    }

    #[test]
    fn every_commit_to_a_file_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("simulator.db")).unwrap();
        let connection = store.lock();
        let journal: String = connection
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .unwrap();
        let synchronous: i64 = connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap();
        let full = 2;
        assert_eq!((journal.as_str(), synchronous), ("wal", full));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let _store = Store::open(&folder.path().join("simulator.db")).unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file:?}");
        }
    }

    #[test]
    fn an_unknown_tenant_is_told_apart() {
        let store = Store::in_memory().unwrap();
        assert!(!store.delete(CCID, &Deletion::Tenant).unwrap());
        assert!(store.tenant(CCID).unwrap().is_none());
    }
}
