//! A device that keeps passkeys, in some hundred lines: what a browser and its authenticator make of a question (Web Authentication
//! Level 3, sections 5.8.1 and 6.1), rightly or with one thing wrong.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// One passkey on a device.
pub struct Device {
    key: EcdsaKeyPair,
    id: [u8; 32],
    user_handle: String,
    counter: u32,
    pub rp_id: String,
    pub origin: String,
    /// Whether it asks who holds it.
    pub verifies: bool,
    /// What is wrong with its answers.
    pub fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Type,
    CrossOrigin,
    Signature,
    Challenge,
    Absent,
}

impl Device {
    pub fn new(origin: &str) -> Device {
        Device {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: rand::random(),
            user_handle: String::new(),
            counter: 0,
            rp_id: "localhost".to_owned(),
            origin: origin.to_owned(),
            verifies: true,
            fault: None,
        }
    }

    /// Forgets its last uses, as a copy would.
    pub fn turn_back(&mut self, by: u32) {
        self.counter -= by;
    }

    /// Makes a passkey for whoever asks: `navigator.credentials.create`.
    pub fn make(&mut self, options: &Value) -> Value {
        options["user"]["id"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.user_handle);
        let client_data = self.client_data("webauthn.create", options);
        let point = self.key.public_key().as_ref();
        let mut data = self.data(HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(self.id);
        // COSE: an ES256 key on P-256 (RFC 9053 section 7.1.1).
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        // CBOR: { "fmt": "none", "attStmt": {}, "authData": data }
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        self.credential(&json!({
            "clientDataJSON": encoded(&client_data),
            "attestationObject": encoded(&attestation),
            "transports": ["internal"],
        }))
    }

    /// Answers whoever asks: `navigator.credentials.get`.
    pub fn answer(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(0);
        let mut signed = [&data[..], &Sha256::digest(&client_data)].concat();
        if matches!(self.fault, Some(Fault::Signature)) {
            signed.push(0);
        }
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(&json!({
            "clientDataJSON": encoded(&client_data),
            "authenticatorData": encoded(&data),
            "signature": encoded(signature.as_ref()),
            "userHandle": self.user_handle,
        }))
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let kind = match self.fault {
            Some(Fault::Type) => "payment.get",
            _ => kind,
        };
        let challenge = match self.fault {
            Some(Fault::Challenge) => encoded(&rand::random::<[u8; 16]>()),
            _ => options["challenge"].as_str().unwrap().to_owned(),
        };
        let data = json!({
            "type": kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": matches!(self.fault, Some(Fault::CrossOrigin)),
        });
        data.to_string().into_bytes()
    }

    fn data(&self, mut flags: u8) -> Vec<u8> {
        if !matches!(self.fault, Some(Fault::Absent)) {
            flags |= USER_PRESENT;
        }
        if self.verifies {
            flags |= USER_VERIFIED;
        }
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn credential(&self, response: &Value) -> Value {
        json!({
            "id": encoded(&self.id),
            "rawId": encoded(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
