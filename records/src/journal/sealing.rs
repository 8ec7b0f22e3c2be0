//! The only place that seals and opens what is private.

use super::master::KEY_BYTES;
use crate::problem::Problem;
use crate::secrets::random_bytes;
use base64ct::{Base64, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;

/// Where a sealed text stands. It is bound to that place: put anywhere else, it does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// What it is: "head", "reply".
    pub what: &'static str,
    /// The row's id.
    pub row: &'a str,
    /// Whose it is.
    pub author: &'a str,
}

impl Place<'_> {
    fn as_bytes(&self) -> Vec<u8> {
        format!("fresh-eyes journal 1\n{}\n{}\n{}", self.what, self.row, self.author).into_bytes()
    }
}

/// A key that seals texts: an author's, or that of one copy. It leaves nothing in memory.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl DataKey {
    pub(super) fn of(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key, from the operating system's random source.
    pub fn make() -> Result<Self, Problem> {
        random_bytes().map(Self::of)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Seals a text for its place.
    pub fn seal(&self, place: &Place<'_>, text: &str) -> Result<String, Problem> {
        seal_bytes(&self.0, place, text.as_bytes())
    }

    /// Opens the text of a place.
    pub fn open(&self, place: &Place<'_>, sealed: &str) -> Result<String, Problem> {
        let bytes = open_bytes(&self.0, place, sealed)?;
        String::from_utf8(bytes).map_err(|_| Problem::unexpected("a sealed text is not UTF-8"))
    }

    /// Seals a value, as JSON.
    pub(crate) fn seal_json(
        &self,
        place: &Place<'_>,
        value: &impl serde::Serialize,
    ) -> Result<String, Problem> {
        let text = Zeroizing::new(serde_json::to_string(value).map_err(Problem::unexpected)?);
        self.seal(place, &text)
    }

    /// Opens a value.
    pub(crate) fn open_json<T: serde::de::DeserializeOwned>(
        &self,
        place: &Place<'_>,
        sealed: &str,
    ) -> Result<T, Problem> {
        let text = Zeroizing::new(self.open(place, sealed)?);
        // Not the error's own words: they quote the text.
        serde_json::from_str(&text).map_err(|_| Problem::unexpected("a sealed value has another shape"))
    }
}

pub(super) fn seal_bytes(
    key: &[u8; KEY_BYTES],
    place: &Place<'_>,
    message: &[u8],
) -> Result<String, Problem> {
    let nonce: [u8; NONCE_BYTES] = random_bytes()?;
    let payload = Payload { msg: message, aad: &place.as_bytes() };
    let sealed = XChaCha20Poly1305::new(&(*key).into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| Problem::unexpected("a text could not be sealed"))?;
    Ok(Base64::encode_string(&[nonce.as_slice(), &sealed].concat()))
}

pub(super) fn open_bytes(key: &[u8; KEY_BYTES], place: &Place<'_>, sealed: &str) -> Result<Vec<u8>, Problem> {
    let damaged =
        || Problem::unexpected(format!("the sealed {} of {} cannot be opened", place.what, place.row));
    let bytes = Base64::decode_vec(sealed).map_err(|_| damaged())?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
    let payload = Payload { msg: sealed, aad: &place.as_bytes() };
    XChaCha20Poly1305::new(&(*key).into()).decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged())
}
