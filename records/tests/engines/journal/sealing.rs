//! What is sealed opens in its place alone, with its key alone; how keys and passwords are read and kept.

use base64ct::{Base64, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use records::journal::{DataKey, Keyring, MasterKey, MasterKeys, Place};
use records::secrets::{hash_password, hex, password_fits};
use std::sync::{Arc, RwLock};

const PLACE: Place<'_> = Place { what: "text", row: "one", author: "gwen" };

#[test]
fn a_sealed_text_opens_in_its_place_alone_and_only_whole() {
    let key = DataKey::make().unwrap();
    let sealed = key.seal(&PLACE, "The door").unwrap();
    assert_eq!(key.open(&PLACE, &sealed).unwrap(), "The door");
    assert_ne!(key.seal(&PLACE, "The door").unwrap(), sealed, "never the same twice");
    for elsewhere in
        [Place { what: "head", ..PLACE }, Place { row: "two", ..PLACE }, Place { author: "tom", ..PLACE }]
    {
        assert!(key.open(&elsewhere, &sealed).is_err(), "{elsewhere:?}");
    }
    assert!(DataKey::make().unwrap().open(&PLACE, &sealed).is_err(), "another key");
    let mut bytes = Base64::decode_vec(&sealed).unwrap();
    for at in 0..bytes.len() {
        bytes[at] ^= 1;
        assert!(key.open(&PLACE, &Base64::encode_string(&bytes)).is_err(), "byte {at}");
        bytes[at] ^= 1;
    }
    for cut in ["", "x", &sealed[..40]] {
        assert!(key.open(&PLACE, cut).is_err());
    }
}

#[test]
fn the_cipher_is_the_one_of_the_draft() {
    // draft-irtf-cfrg-xchacha-03, A.3.1: the key, the nonce and the associated data of its example.
    let key: Vec<u8> = (0x80..=0x9f).collect();
    let nonce: Vec<u8> = (0x40..=0x57).collect();
    let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
    let message = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    let key: [u8; 32] = key.try_into().unwrap();
    let nonce: [u8; 24] = nonce.try_into().unwrap();
    let payload = Payload { msg: message.as_slice(), aad: aad.as_slice() };
    let sealed = XChaCha20Poly1305::new(&key.into()).encrypt(&XNonce::from(nonce), payload).unwrap();
    assert_eq!(hex(&sealed[..16]), "bd6d179d3e83d43b9576579493c0e939");
    assert_eq!(hex(&sealed[sealed.len() - 16..]), "c0875924c1c7987947deafd8780acf49");
}

#[test]
fn a_key_is_read_as_hex_and_as_base64_and_as_nothing_else() {
    let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let key: MasterKey = text.parse().unwrap();
    let same: MasterKey = " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n".parse().unwrap();
    assert_eq!((key.id(), key.to_hex().as_str()), (same.id(), text));
    for wrong in ["", "x", &text[2..], &text.replace('0', "g"), "AAECAwQ="] {
        assert!(wrong.parse::<MasterKey>().is_err(), "{wrong}");
    }
    assert!(!format!("{key:?}").contains("0001"), "a key is never shown");
}

#[test]
fn a_form_that_was_sent_before_the_keys_were_changed_is_found_again() {
    let (old, new) = (MasterKey::make().unwrap(), MasterKey::make().unwrap());
    let file = Arc::new(RwLock::new(MasterKeys::only(old.clone())));
    let ring = Keyring::default();
    let source = Arc::clone(&file);
    ring.take_from(Arc::new(move || Ok(source.read().unwrap().clone())));
    let sent = ring.fingerprints("the words");
    assert_eq!(sent.len(), 1);
    for keys in [MasterKeys::after(new.clone(), vec![old]), MasterKeys::only(new)] {
        *file.write().unwrap() = keys;
        ring.keys().unwrap();
        let now = ring.fingerprints("the words");
        assert!(now[0] != sent[0] && now.contains(&sent[0]), "kept with the new key, found with the old one");
    }
    assert!(!ring.fingerprints("other words").contains(&sent[0]));
}

#[test]
fn a_password_fits_its_own_hash_only() {
    let stored = hash_password("correct horse battery").unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
    assert!(password_fits("correct horse battery", Some(&stored)).unwrap());
    assert!(!password_fits("correct horse", Some(&stored)).unwrap());
    assert!(!password_fits("nobody has this password", None).unwrap());
}
