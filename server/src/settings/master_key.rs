//! The master key of the journal: as given, or kept in a file beside a SQLite database.
//!
//! While keys are changed there are several: the first wraps, the others only unwrap until everything is wrapped anew.

use records::journal::{KeySource, MasterKey, MasterKeys};
use records::{DatabaseAddress, secrets};
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What the setting takes.
pub(super) const ALLOWED: &str = "32 bytes as hex or base64, for example what `openssl rand -hex 32` prints; while keys are changed the new one, a comma and the old one";
/// The file's name, beside the database.
const FILE: &str = "journal-master.key";

/// Master keys as they are given by hand, the current one first.
#[derive(Clone, Debug)]
pub struct GivenMasterKeys(MasterKeys);

/// The text holds no master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMasterKeys;

impl FromStr for GivenMasterKeys {
    type Err = NoMasterKeys;

    fn from_str(text: &str) -> Result<Self, NoMasterKeys> {
        read_keys(text.split(',')).map(Self).ok_or(NoMasterKeys)
    }
}

fn read_keys<'a>(texts: impl Iterator<Item = &'a str>) -> Option<MasterKeys> {
    let keys: Option<Vec<MasterKey>> = texts.map(|text| text.parse().ok()).collect();
    let mut keys = keys?.into_iter();
    Some(MasterKeys::after(keys.next()?, keys.collect()))
}

/// Where the master keys of this server are.
#[derive(Clone, Debug)]
pub enum MasterKeyPlace {
    /// In the setting: whoever runs the server keeps them.
    Given(GivenMasterKeys),
    /// In a file beside a SQLite database, made at the first start.
    File(PathBuf),
    /// Nowhere: the journal stays shut.
    Nowhere,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Several servers may share one PostgreSQL database, and must share the key too.
    #[error("FRESH_EYES_MASTER_KEY is not set, so the journal stays shut. Allowed: {ALLOWED}")]
    Needed,
    /// The file is there and holds no key.
    #[error(
        "the file {0} does not hold a master key. Put it back from where you keep it safe: without it nobody can read the journal"
    )]
    Damaged(String),
    /// Somebody else changes the keys.
    #[error("another rotation is running. Wait until it is done")]
    Busy,
    /// The keys were changed by hand meanwhile.
    #[error("the file {0} was changed meanwhile, so it was left alone. Look at it, and run this again")]
    Changed(String),
    /// The file cannot be read or written.
    #[error("the file {path} cannot be used: {cause}")]
    File {
        /// Where it is.
        path: String,
        /// What is wrong.
        cause: String,
    },
}

impl MasterKeyPlace {
    pub(super) fn of(given: Option<&GivenMasterKeys>, database: &DatabaseAddress) -> Self {
        match (given, database) {
            (Some(given), _) => Self::Given(given.clone()),
            (None, DatabaseAddress::Sqlite(path)) => Self::File(path.with_file_name(FILE)),
            (None, DatabaseAddress::Postgres(_)) => Self::Nowhere,
        }
    }

    /// The keys as they are now.
    pub fn read(&self) -> Result<MasterKeys, MasterKeyError> {
        match self {
            Self::Given(GivenMasterKeys(keys)) => Ok(keys.clone()),
            Self::File(path) => read_file(path),
            Self::Nowhere => Err(MasterKeyError::Needed),
        }
    }

    /// Makes the file with a first key, if keys are kept in one and there is none yet. `is_new` says that nothing was locked
    /// with a key before: a file that has gone missing is not replaced.
    pub fn make_first(&self, is_new: bool) -> Result<(), MasterKeyError> {
        let Self::File(path) = self else { return Ok(()) };
        if path.exists() || !is_new {
            return Ok(());
        }
        let key = MasterKey::make().map_err(|cause| trouble(path, &cause))?;
        let made = (|| {
            // Two servers may start at once: the second waits, and finds the key of the first.
            let lock = lock_file(path)?;
            lock.lock()?;
            let beside = write_beside(path, &[&key])?;
            // The file gets its name with the key in it or not at all, and takes no other one's place.
            let linked = std::fs::hard_link(&beside, path);
            std::fs::remove_file(&beside)?;
            match linked {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
                Err(error) => Err(error),
                Ok(()) => sync_folder(path),
            }
        })();
        made.map_err(|cause| trouble(path, &cause))
    }

    /// Keeps everybody else from changing the keys until what comes back is dropped; where they are in no file there is nothing to
    /// keep them from.
    pub fn lock(&self) -> Result<Option<File>, MasterKeyError> {
        let Self::File(path) = self else { return Ok(None) };
        let file = lock_file(path).map_err(|cause| trouble(path, &cause))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Err(MasterKeyError::Busy),
            Err(TryLockError::Error(cause)) => Err(trouble(path, &cause)),
        }
    }

    /// Puts these keys in place of those in the file, all at once, if those are the ones that were `read`. Whoever does this holds
    /// the lock.
    pub fn replace(&self, read: &MasterKeys, keys: &MasterKeys) -> Result<(), MasterKeyError> {
        let Self::File(path) = self else { return Err(MasterKeyError::Needed) };
        if self.read()?.ids() != read.ids() {
            return Err(MasterKeyError::Changed(path.display().to_string()));
        }
        let written = (|| {
            let all: Vec<&MasterKey> = std::iter::once(keys.current()).chain(keys.earlier()).collect();
            std::fs::rename(write_beside(path, &all)?, path)?;
            // The name is on disk before anything is wrapped with the key.
            sync_folder(path)
        })();
        written.map_err(|cause| trouble(path, &cause))
    }

    /// The place as records ask it.
    pub fn source(&self) -> KeySource {
        let place = self.clone();
        Arc::new(move || place.read().map_err(|error| error.to_string()))
    }
}

fn trouble(path: &Path, cause: &dyn fmt::Display) -> MasterKeyError {
    MasterKeyError::File { path: path.display().to_string(), cause: cause.to_string() }
}

fn read_file(path: &Path) -> Result<MasterKeys, MasterKeyError> {
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|cause| trouble(path, &cause))?);
    super::secret::warn_if_open(path);
    read_keys(text.lines().filter(|line| !line.trim().is_empty()))
        .ok_or_else(|| MasterKeyError::Damaged(path.display().to_string()))
}

/// The file that whoever changes the keys locks. It stays, and holds nothing.
fn lock_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path.with_extension("key.lock"))
}

/// Writes keys into a file beside the one that they are for. What a crash left there goes: whoever writes holds the lock.
fn write_beside(path: &Path, keys: &[&MasterKey]) -> std::io::Result<PathBuf> {
    let beside = path.with_extension("key.new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = secrets::new_file(&beside)?;
    for key in keys {
        writeln!(file, "{}", key.to_hex().as_str())?;
    }
    file.sync_all()?;
    Ok(beside)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_one_that_has_gone_missing_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseAddress::Sqlite(folder.path().join("x.sqlite"));
        let place = MasterKeyPlace::of(None, &database);
        place.make_first(false).unwrap();
        assert!(matches!(place.read(), Err(MasterKeyError::File { .. })));
        place.make_first(true).unwrap();
        let first = place.read().unwrap();
        place.make_first(true).unwrap();
        assert_eq!(place.read().unwrap().ids(), first.ids());
        let path = folder.path().join(FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let both = MasterKeys::after(MasterKey::make().unwrap(), vec![first.current().clone()]);
        place.replace(&first, &both).unwrap();
        assert_eq!(place.read().unwrap().ids(), both.ids());
        let third = MasterKeys::only(MasterKey::make().unwrap());
        assert!(
            matches!(place.replace(&first, &third), Err(MasterKeyError::Changed(_))),
            "keys that were not read are not overwritten"
        );
        assert_eq!(place.read().unwrap().ids(), both.ids());
        std::fs::write(&path, "x").unwrap();
        assert!(matches!(place.read(), Err(MasterKeyError::Damaged(_))));
    }

    #[test]
    fn one_alone_changes_the_keys() {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseAddress::Sqlite(folder.path().join("x.sqlite"));
        let place = MasterKeyPlace::of(None, &database);
        place.make_first(true).unwrap();
        let held = place.lock().unwrap();
        assert!(matches!(place.lock(), Err(MasterKeyError::Busy)));
        drop(held);
        assert!(place.lock().unwrap().is_some());
    }

    #[test]
    fn what_a_crash_left_of_a_first_key_does_not_stand_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseAddress::Sqlite(folder.path().join("x.sqlite"));
        let place = MasterKeyPlace::of(None, &database);
        std::fs::write(folder.path().join("journal-master.key.new"), "").unwrap();
        place.make_first(true).unwrap();
        assert_eq!(place.read().unwrap().ids().len(), 1);
        assert!(!folder.path().join("journal-master.key.new").exists());
    }

    #[test]
    fn keys_are_given_by_hand_the_current_one_first() {
        let (one, other) = ("11".repeat(32), "22".repeat(32));
        let given: GivenMasterKeys = format!("{one}, {other}").parse().unwrap();
        let place = MasterKeyPlace::of(Some(&given), &DatabaseAddress::Postgres(String::new()));
        let keys = place.read().unwrap();
        assert_eq!(keys.current().id(), one.parse::<MasterKey>().unwrap().id());
        assert_eq!(keys.earlier().len(), 1);
        for wrong in ["", "x", &format!("{one},")] {
            assert!(wrong.parse::<GivenMasterKeys>().is_err(), "{wrong}");
        }
        let nowhere = MasterKeyPlace::of(None, &DatabaseAddress::Postgres(String::new()));
        assert!(matches!(nowhere.read(), Err(MasterKeyError::Needed)));
    }
}
