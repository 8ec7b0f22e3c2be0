//! The key with which the server signs the tokens of its forms.

use records::secrets;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::str::FromStr;

/// What the setting takes.
pub(super) const ALLOWED: &str = "at least 32 signs, for example what `openssl rand -hex 32` prints";
/// The least signs that are given by hand.
const LEAST: usize = 32;
/// The file's name, beside the database.
const FILE: &str = "secret.key";
/// Bytes of a key that we make.
const BYTES: usize = 32;

/// A key. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The text is too short for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooShort;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Several servers may share one PostgreSQL database, and must share the key too.
    #[error(
        "FRESH_EYES_SECRET is not set, and with PostgreSQL it must be, because all servers on one database share it. Allowed: {ALLOWED}"
    )]
    Needed,
    /// The file is there and is not ours.
    #[error("the file {0} does not hold a key. Remove it, and a new one is made at the next start")]
    Damaged(String),
    /// The file cannot be read or written.
    #[error("the file {path} cannot be used: {cause}")]
    File {
        /// Where it is.
        path: String,
        /// What is wrong.
        cause: String,
    },
}

impl FromStr for Secret {
    type Err = TooShort;

    fn from_str(text: &str) -> Result<Self, TooShort> {
        if text.chars().count() < LEAST {
            return Err(TooShort);
        }
        Ok(Self(text.to_owned()))
    }
}

impl Secret {
    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The key in the file beside this database; made at the first start, so that forms outlive a restart.
    pub(super) fn kept_beside(database: &Path) -> Result<Self, SecretError> {
        let path = database.with_file_name(FILE);
        let trouble = |cause: &dyn fmt::Display| SecretError::File {
            path: path.display().to_string(),
            cause: cause.to_string(),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => read_key(&path, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                folder.map_or(Ok(()), std::fs::create_dir_all).map_err(|error| trouble(&error))?;
                let bytes = secrets::random_bytes::<BYTES>().map_err(|error| trouble(&error))?;
                make_key(&path, &secrets::hex(&bytes)).map_err(|error| trouble(&error))
            }
            Err(error) => Err(trouble(&error)),
        }
    }
}

fn read_key(path: &Path, text: &str) -> Result<Secret, SecretError> {
    let text = text.trim();
    if text.len() != BYTES * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(SecretError::Damaged(path.display().to_string()));
    }
    warn_if_open(path);
    Ok(Secret(text.to_owned()))
}

fn make_key(path: &Path, key: &str) -> std::io::Result<Secret> {
    let mut file = secrets::new_file(path)?;
    writeln!(file, "{key}")?;
    file.sync_all()?;
    Ok(Secret(key.to_owned()))
}

/// Other people of this machine have no business with the key.
pub(super) fn warn_if_open(path: &Path) {
    #[cfg(unix)]
    if let Ok(about) = std::fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0
    {
        tracing::warn!(file = %path.display(), "others on this machine can read the key: chmod 600 it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("data/fresh-eyes.sqlite");
        let key = Secret::kept_beside(&database).unwrap();
        assert_eq!(Secret::kept_beside(&database).unwrap(), key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let about = std::fs::metadata(folder.path().join("data/secret.key")).unwrap();
            assert_eq!(about.permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret.key"), "x").unwrap();
        let error = Secret::kept_beside(&folder.path().join("x.sqlite")).unwrap_err();
        assert!(matches!(error, SecretError::Damaged(_)), "{error}");
    }
}
