//! The server's master keys: which there are, and what they wrap.

use super::Shut;
use super::sealing::{DataKey, Place, open_bytes, seal_bytes};
use crate::problem::Problem;
use crate::secrets::{hex, random_bytes};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use zeroize::Zeroizing;

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;

/// A key that wraps the authors' keys. It is never shown, and leaves nothing in memory.
#[derive(Clone)]
pub struct MasterKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    id: String,
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// The text is no key of 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes, written as 64 signs of hex or as base64")]
pub struct NotAMasterKey;

impl FromStr for MasterKey {
    type Err = NotAMasterKey;

    fn from_str(text: &str) -> Result<Self, NotAMasterKey> {
        let text = text.trim();
        let bytes: Zeroizing<Vec<u8>> = if text.len() == KEY_BYTES * 2 {
            let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
            let bytes: Option<Vec<u8>> =
                pairs.map(|pair| pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect();
            bytes.ok_or(NotAMasterKey)?.into()
        } else {
            Base64::decode_vec(text).map_err(|_| NotAMasterKey)?.into()
        };
        let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| NotAMasterKey)?;
        Ok(Self::of(bytes))
    }
}

impl MasterKey {
    fn of(bytes: [u8; KEY_BYTES]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"fresh-eyes master key id");
        hasher.update(bytes);
        let id = hex(&hasher.finalize()[..8]);
        Self { bytes: Zeroizing::new(bytes), id }
    }

    /// A new key, from the operating system's random source.
    pub fn make() -> Result<Self, Problem> {
        random_bytes().map(Self::of)
    }

    /// By which rows know it: the beginning of a hash, which tells nothing of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key as hex, for its file.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(self.bytes.as_slice()))
    }

    /// Wraps a key for the row that it belongs to.
    pub(super) fn wrap(&self, key: &DataKey, place: &Place<'_>) -> Result<String, Problem> {
        seal_bytes(&self.bytes, place, key.bytes())
    }

    /// Unwraps the key of a row.
    pub(super) fn unwrap(&self, wrapped: &str, place: &Place<'_>) -> Result<DataKey, Problem> {
        let bytes = open_bytes(&self.bytes, place, wrapped)?;
        let bytes: [u8; KEY_BYTES] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| Problem::unexpected("a wrapped key has another length"))?;
        Ok(DataKey::of(bytes))
    }

    /// A keyed hash of what somebody posted, for finding the same form again: a bare hash could be guessed at.
    fn fingerprint(&self, text: &str) -> String {
        use hmac::{Hmac, KeyInit, Mac};
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.bytes.as_slice()) else { return String::new() };
        mac.update(b"fresh-eyes fingerprint");
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// The master keys that are known: one that wraps, and while keys are changed the ones before it.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    current: MasterKey,
    earlier: Vec<MasterKey>,
}

impl MasterKeys {
    /// Only this key.
    pub fn only(current: MasterKey) -> Self {
        Self { current, earlier: Vec::new() }
    }

    /// This key, and what it takes over from these.
    pub fn after(current: MasterKey, earlier: Vec<MasterKey>) -> Self {
        Self { current, earlier }
    }

    /// The key that wraps.
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The keys that only unwrap.
    pub fn earlier(&self) -> &[MasterKey] {
        &self.earlier
    }

    fn find(&self, id: &str) -> Option<&MasterKey> {
        std::iter::once(&self.current).chain(&self.earlier).find(|key| key.id == id)
    }

    /// The ids of all of them.
    pub fn ids(&self) -> Vec<String> {
        std::iter::once(&self.current).chain(&self.earlier).map(|key| key.id.clone()).collect()
    }
}

/// Where the master keys come from. It is asked again when a key is missing, and before one wraps anything: so a server that
/// runs while keys are changed goes along.
pub type KeySource = Arc<dyn Fn() -> Result<MasterKeys, String> + Send + Sync>;

/// The master keys of a store.
#[derive(Default)]
pub struct Keyring {
    source: OnceLock<KeySource>,
    known: RwLock<Option<MasterKeys>>,
    /// Keys that this server knew before they were changed: for finding a form that is sent again, and for nothing else.
    retired: RwLock<Vec<MasterKey>>,
}

impl Keyring {
    /// From now on the keys come from here. Only whoever opens the store says so, and once.
    pub fn take_from(&self, source: KeySource) {
        if self.source.set(source).is_err() {
            tracing::error!("a store was given master keys twice; the first ones stand");
        }
        // A source that cannot say now is asked again when a key is needed, and says in the log what is wrong.
        if let Err(problem) = self.ask_again() {
            tracing::warn!(%problem, "everything else works");
        }
    }

    fn ask_again(&self) -> Result<MasterKeys, Problem> {
        let source = self.source.get().ok_or(Problem::Shut(Shut::NoKey))?;
        let keys = source().map_err(|why| {
            tracing::error!(why, "the journal’s master key cannot be had");
            Problem::Shut(Shut::NoKey)
        })?;
        let before = self.known.write().unwrap_or_else(PoisonError::into_inner).replace(keys.clone());
        let gone =
            before.into_iter().flat_map(|before| std::iter::once(before.current).chain(before.earlier));
        let mut retired = self.retired.write().unwrap_or_else(PoisonError::into_inner);
        for key in gone.filter(|key| keys.find(&key.id).is_none()) {
            if !retired.iter().any(|known| known.id == key.id) {
                retired.push(key);
            }
        }
        drop(retired);
        Ok(keys)
    }

    fn known(&self) -> Option<MasterKeys> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys, as they are now.
    pub fn keys(&self) -> Result<MasterKeys, Problem> {
        self.ask_again()
    }

    /// Whether there is any key at all; otherwise the journal stays shut.
    pub(super) fn is_there(&self) -> Result<(), Problem> {
        if self.known().is_some() { Ok(()) } else { self.ask_again().map(drop) }
    }

    /// The key of this id.
    pub(super) fn find(&self, id: &str) -> Result<MasterKey, Problem> {
        if let Some(key) = self.known().as_ref().and_then(|keys| keys.find(id)) {
            return Ok(key.clone());
        }
        let keys = self.ask_again()?;
        keys.find(id).cloned().ok_or(Problem::Shut(Shut::WrongKey))
    }

    /// Hashes of what somebody posted, the first with the key of today; keyed where there is a key. The others find what was posted
    /// before the keys were changed.
    pub fn fingerprints(&self, text: &str) -> Vec<String> {
        let Some(keys) = self.known() else { return vec![crate::secrets::sha256(text)] };
        let retired = self.retired.read().unwrap_or_else(PoisonError::into_inner);
        let all = std::iter::once(&keys.current).chain(&keys.earlier).chain(retired.iter());
        all.map(|key| key.fingerprint(text)).collect()
    }
}
