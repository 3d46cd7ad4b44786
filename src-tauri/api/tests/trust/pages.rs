//! The bytes of a store's files as whoever has the key could read them: every page, those that are free too, and the log of
//! pages beside the database.

use std::path::Path;

use aes::Aes256;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, KeyInit};
use yuanba_store::vault::Vault;

/// SQLCipher 4: pages of 4096 bytes, of which the last 80 hold the page's random beginning and its signature.
const PAGE: usize = 4096;
const RESERVED: usize = 80;
const BLOCK: usize = 16;
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

/// Every file of a store's folder in the clear, one after the other.
pub fn in_the_clear(dir: &Path, user: &str, passphrase: &str) -> Vec<u8> {
    let (key, _) = Vault::look(dir).unwrap().unlock(Some(user), passphrase).unwrap();
    let literal = key.literal();
    let key: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&literal[2 + 2 * at..4 + 2 * at], 16).unwrap()).collect();
    let cipher = Aes256::new(GenericArray::from_slice(&key));
    let mut clear = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        if !entry.file_type().unwrap().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        match name.as_str() {
            name if name.ends_with(".db") => {
                bytes.chunks(PAGE).for_each(|page| clear.extend(decrypted(&cipher, page)));
            }
            name if name.ends_with(".db-wal") && bytes.len() > LOG_HEAD => {
                let frames = bytes[LOG_HEAD..].chunks(FRAME_HEAD + PAGE);
                frames.filter(|frame| frame.len() == FRAME_HEAD + PAGE).for_each(|frame| {
                    clear.extend(decrypted(&cipher, &frame[FRAME_HEAD..]));
                });
            }
            _ => clear.extend(bytes),
        }
    }
    clear
}

fn decrypted(cipher: &Aes256, page: &[u8]) -> Vec<u8> {
    if page.len() < PAGE {
        return page.to_vec();
    }
    let (content, reserved) = page.split_at(PAGE - RESERVED);
    let mut before: [u8; BLOCK] = reserved[..BLOCK].try_into().unwrap();
    let mut clear = Vec::with_capacity(content.len());
    for block in content.chunks(BLOCK) {
        let mut plain = *GenericArray::from_slice(block);
        cipher.decrypt_block(&mut plain);
        clear.extend(plain.iter().zip(before).map(|(byte, before)| byte ^ before));
        before.copy_from_slice(block);
    }
    clear
}

/// Whether bytes hold a text.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
