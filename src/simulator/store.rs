//! The simulator's database: one file that keeps what was acknowledged, through `kill -9` too.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{
    Builder, Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, StorageBackend,
    StorageError, TableDefinition,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::records;
use super::rules::{Deletion, Provisioning};

/// Each tenant under its ccid, as JSON.
const TENANTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("tenants");

/// Why the database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file can't be made.
    #[error("the simulator's database: {0}")]
    File(#[from] io::Error),
    /// Another process has the file open.
    #[error("another simulator has this database open: end it, or choose another file")]
    InUse,
    /// The file is something else.
    #[error("this is no database of this simulator: choose another file, or remove it")]
    NotADatabase,
    /// The disk fails, or the file is damaged.
    #[error("the simulator's database: {0}")]
    Database(Box<redb::Error>),
    /// What is stored of a tenant is not JSON.
    #[error("the simulator's database holds a broken record: {0}")]
    Record(#[from] serde_json::Error),
}

fn database(error: impl Into<redb::Error>) -> StoreError {
    StoreError::Database(Box::new(error.into()))
}

fn opening(error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::InUse,
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() == io::ErrorKind::InvalidData =>
        {
            StoreError::NotADatabase
        }
        error => database(error),
    }
}

/// What is held of one tenant. It is full of secrets.
#[derive(Default, Serialize, Deserialize)]
struct Tenant {
    /// The last body received.
    body: Value,
    services: Map<String, Value>,
    api_keys: Map<String, Value>,
}

/// The tenants and what IWD created for them. Clones share one database. Calls block.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
}

impl Store {
    /// Opens a database file, making it for its owner alone if there is none: it holds every secret that was sent.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(file)?;
        Self::on(FileBackend::new(file).map_err(opening)?)
    }

    /// A database that is gone with the last clone.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::on(InMemoryBackend::new())
    }

    fn on(backend: impl StorageBackend) -> Result<Self, StoreError> {
        let opened = Builder::new().create_with_backend(backend);
        let database = Arc::new(opened.map_err(opening)?);
        let store = Self { database };
        // Nobody reads a table before it is there.
        store.update("", |_| ())?;
        Ok(store)
    }

    /// Creates the tenant or brings it up to date.
    ///
    /// The documentation says nothing of records that a later request leaves out or names
    /// differently. The simulator's own: they stay.
    pub(super) fn provision(&self, provisioning: &Provisioning) -> Result<(), StoreError> {
        self.update(provisioning.text("tenant.ccid"), |tenant| {
            let tenant = tenant.get_or_insert_default();
            tenant.body = provisioning.body().clone();
            for (service, record) in records::services(provisioning) {
                tenant.services.insert(service.name().to_owned(), record);
            }
            for (name, key) in records::api_keys(provisioning) {
                tenant.api_keys.insert(name, key.into());
            }
        })
    }

    /// Deletes what is asked for; `false` when there is no such tenant.
    ///
    /// The simulator's own: a named service that is not held is no error, and the API keys and the
    /// tenant stay when services are deleted.
    pub(super) fn delete(&self, ccid: &str, deletion: &Deletion) -> Result<bool, StoreError> {
        self.update(ccid, |tenant| {
            let known = tenant.is_some();
            match deletion {
                Deletion::Tenant => *tenant = None,
                Deletion::Services(named) => {
                    for service in named {
                        if let Some(tenant) = tenant {
                            tenant.services.remove(service.name());
                        }
                    }
                }
            }
            known
        })
    }

    /// The contact center ids of all tenants, sorted.
    pub(super) fn ccids(&self) -> Result<Vec<String>, StoreError> {
        let transaction = self.database.begin_read().map_err(database)?;
        let tenants = transaction.open_table(TENANTS).map_err(database)?;
        let all = tenants.iter().map_err(database)?;
        all.map(|entry| Ok(entry.map_err(database)?.0.value().to_owned()))
            .collect()
    }

    /// Everything held for the first tenants, at most so many, sorted by ccid, secrets included; and how many there are.
    pub(super) fn tenants(&self, most: usize) -> Result<(Vec<Value>, usize), StoreError> {
        let ccids = self.ccids()?;
        let held = ccids.iter().take(most).map(|ccid| self.tenant(ccid));
        let held: Result<_, _> = held.filter_map(Result::transpose).collect();
        Ok((held?, ccids.len()))
    }

    /// Everything held for a tenant, secrets included.
    pub(super) fn tenant(&self, ccid: &str) -> Result<Option<Value>, StoreError> {
        let transaction = self.database.begin_read().map_err(database)?;
        let tenants = transaction.open_table(TENANTS).map_err(database)?;
        let Some(stored) = tenants.get(ccid).map_err(database)? else {
            return Ok(None);
        };
        let tenant: Tenant = serde_json::from_slice(stored.value())?;
        let of_tenant = |name: &str| &tenant.body["tenant"][name];
        Ok(Some(json!({
            "ccid": ccid,
            "tenant": {
                "id": of_tenant("id"),
                "name": of_tenant("name"),
                "ccid": of_tenant("ccid"),
                "apiKey": of_tenant("apiKey"),
            },
            "services": tenant.services,
            "apiKeys": tenant.api_keys,
            "body": tenant.body,
        })))
    }

    /// Lets `change` have what is held of a tenant, and keeps what it leaves. Done is what is on disk.
    fn update<T>(
        &self,
        ccid: &str,
        change: impl FnOnce(&mut Option<Tenant>) -> T,
    ) -> Result<T, StoreError> {
        let mut transaction = self.database.begin_write().map_err(database)?;
        transaction
            .set_durability(Durability::Immediate)
            .map_err(database)?;
        let mut tenants = transaction.open_table(TENANTS).map_err(database)?;
        let mut tenant = match tenants.get(ccid).map_err(database)? {
            Some(stored) => Some(serde_json::from_slice(stored.value())?),
            None => None,
        };
        let result = change(&mut tenant);
        match tenant {
            Some(tenant) => {
                let stored = serde_json::to_vec(&tenant)?;
                tenants.insert(ccid, &*stored).map_err(database)?;
            }
            None => {
                tenants.remove(ccid).map_err(database)?;
            }
        }
        drop(tenants);
        transaction.commit().map_err(database)?;
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

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
        assert_eq!(store.ccids().unwrap(), [""; 0]);
        let mut body = documented_body();
        body["tenant"].as_object_mut().unwrap().remove("gws");
        provision(&store, body);
        assert_eq!(names(&store, "services"), ["iWD", "iWDEmail"]);
    }

    /// Counts how often it is asked to put all on disk.
    #[derive(Debug)]
    struct Counting(InMemoryBackend, Arc<AtomicUsize>);

    impl StorageBackend for Counting {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.sync_data()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }
    }

    #[test]
    fn what_is_acknowledged_is_on_disk() {
        let syncs = Arc::new(AtomicUsize::new(0));
        let store = Store::on(Counting(InMemoryBackend::new(), syncs.clone())).unwrap();
        let mut before = syncs.load(Ordering::Relaxed);
        let mut expect_synced = || {
            let now = syncs.load(Ordering::Relaxed);
            assert!(now > before);
            before = now;
        };
        provision(&store, documented_body());
        expect_synced();
        store.delete(CCID, &Deletion::Tenant).unwrap();
        expect_synced();
    }

    #[test]
    fn a_file_has_one_simulator() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("simulator.db");
        let store = Store::open(&file).unwrap();
        let second = Store::open(&file).err();
        assert!(matches!(second, Some(StoreError::InUse)), "{second:?}");
        provision(&store, documented_body());
        drop(store);
        assert_eq!(Store::open(&file).unwrap().ccids().unwrap(), [CCID]);
    }

    #[test]
    fn another_kind_of_file_is_told_apart_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["short".to_owned(), "SQLite format 3\0".repeat(1000)] {
            let file = folder.path().join("simulator.db");
            std::fs::write(&file, &text).unwrap();
            let error = Store::open(&file).err();
            assert!(matches!(error, Some(StoreError::NotADatabase)), "{error:?}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
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
