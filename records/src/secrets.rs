//! Random tokens, hashes and passwords.

use crate::problem::Problem;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// So many random bytes from the operating system.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Problem::unexpected)?;
    Ok(bytes)
}

/// A random token of 256 bits, as hex.
pub fn token() -> Result<String, Problem> {
    random_bytes::<32>().map(|bytes| hex(&bytes))
}

/// A new, empty file that nobody else on this machine can read; an error if there is one of that name.
pub fn new_file(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What is stored in place of a token or a mail's body.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The hash of several texts: each with its length, so that no two lists of texts have the same.
pub fn hash_of_lines(lines: &[String]) -> String {
    sha256(&lines.iter().map(|line| format!("{}:{line}\n", line.len())).collect::<Vec<_>>().concat())
}

/// Hashes at once: each takes 46 MiB and a core for a moment.
const HASHES_AT_ONCE: usize = 2;

static TURNS: LazyLock<(Mutex<usize>, Condvar)> =
    LazyLock::new(|| (Mutex::new(HASHES_AT_ONCE), Condvar::new()));

/// A place among those who may hash now; given back when dropped.
struct Turn;

impl Turn {
    fn wait() -> Self {
        let (free, returned) = &*TURNS;
        let mut free = free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (free, returned) = &*TURNS;
        *free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        returned.notify_one();
    }
}

/// Argon2id with 46 MiB, one pass, one lane: OWASP's first recommendation.
fn argon2() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(46 * 1024, 1, 1, None).map_err(Problem::unexpected)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password for storing.
pub fn hash_password(password: &str) -> Result<String, Problem> {
    let _turn = Turn::wait();
    Ok(argon2()?.hash_password(password.as_bytes()).map_err(Problem::unexpected)?.to_string())
}

/// Whether the password is the one that was hashed. Without a stored hash it takes as long and says no, so that the
/// time does not tell whether there is such an account.
pub fn password_fits(password: &str, stored: Option<&str>) -> Result<bool, Problem> {
    static NOBODY: LazyLock<Option<String>> =
        LazyLock::new(|| hash_password("nobody has this password").ok());
    let known =
        stored.or(NOBODY.as_deref()).ok_or_else(|| Problem::unexpected("a password cannot be hashed"))?;
    let parsed = PasswordHash::new(known).map_err(Problem::unexpected)?;
    let _turn = Turn::wait();
    let fits = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
    Ok(fits && stored.is_some())
}

/// The shortest password that may be chosen, in characters.
pub const PASSWORD_LEAST: usize = 12;
/// The longest, in bytes: long enough for any sentence, short enough to hash.
pub const PASSWORD_MOST: usize = 256;
