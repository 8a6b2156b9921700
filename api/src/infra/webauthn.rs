//! Passkeys (Web Authentication Level 3): what a browser is asked, and whether its answer is right. Nothing is kept here.
//!
//! Passkeys belong to the domain of `public_url` and answer on its origin alone, whatever `Host` a request names. No attestation is
//! asked for: which make of device somebody trusts is his own affair.

use ::url::{Host, Url};
use sea_orm::prelude::Uuid;
use serde_json::Value;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::{
    AllowedCredential, AllowedCredentials, AuthenticationVerificationOptions, NonDiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    Nickname, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    ResidentKeyRequirement, UserHandle16, Username,
};
use webauthn_rp::request::{
    AsciiDomain, Credentials, PublicKeyCredentialDescriptor, RpId, UserVerificationRequirement,
};
use webauthn_rp::response::auth::AuthenticatorData;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, NonDiscoverableAuthentication16, NonDiscoverableAuthenticationServerState,
    Registration, RegistrationServerState,
};

use crate::error::{Error, Result};

type StoredKey = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// Why a server cannot have passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// `public_url` names an IP address, and passkeys belong to a domain.
    IpAddress,
    /// `public_url` is http, and not of this machine: no browser lets such a page use them.
    Insecure,
}

/// For whom passkeys are made: a domain, and the one origin on which they are used.
pub struct RelyingParty {
    id: RpId,
    origins: [String; 1],
}

/// What a browser is asked, as `PublicKeyCredential.parse...OptionsFromJSON` takes it, and what is needed to check its answer.
pub struct Asked {
    pub options: Value,
    pub state: Vec<u8>,
}

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub credential_id: Vec<u8>,
    pub public_key: Vec<u8>,
    pub state: Vec<u8>,
    pub transports: i16,
}

/// What a right answer says.
#[derive(Debug, PartialEq, Eq)]
pub struct Answered {
    /// What is to be kept from now on: the signature counter moves.
    pub state: Vec<u8>,
    /// Whether the device asked its holder who he is, by a PIN or a finger.
    pub verified: bool,
}

/// An answer that names somebody.
pub struct Discovered {
    authentication: DiscoverableAuthentication16,
    pub account_id: Uuid,
}

/// An answer of somebody who is known already.
pub struct Named {
    authentication: NonDiscoverableAuthentication16,
}

impl RelyingParty {
    /// By the address that browsers use.
    pub fn of(public_url: &str) -> std::result::Result<Self, Unavailable> {
        let url = Url::parse(public_url).map_err(|_| Unavailable::IpAddress)?;
        let Some(Host::Domain(domain)) = url.host() else {
            return Err(Unavailable::IpAddress);
        };
        let is_here = domain == "localhost" || domain.ends_with(".localhost");
        if url.scheme() != "https" && !is_here {
            return Err(Unavailable::Insecure);
        }
        let id = AsciiDomain::try_from(domain.to_owned()).map_err(|_| Unavailable::IpAddress)?;
        Ok(RelyingParty {
            id: RpId::Domain(id),
            origins: [public_url.to_owned()],
        })
    }

    /// The domain.
    pub fn id(&self) -> &str {
        self.id.as_ref()
    }

    /// Where they are used.
    pub fn origin(&self) -> &str {
        &self.origins[0]
    }

    /// Asks for a new passkey of an account that has these already. One that can stand for itself is preferred; an older key that
    /// cannot is still a second factor.
    pub fn ask_for_new(&self, account_id: Uuid, email: &str, name: &str, known: &[Kept]) -> Result<Asked> {
        let id = handle(account_id);
        // What a device shows its owner; the library takes no name that looks like another one.
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(email)
                .or_else(|_| Username::try_from("account"))
                .map_err(Error::internal)?,
            id: &id,
            display_name: Nickname::try_from(name).ok(),
        };
        let known = known.iter().map(descriptor).collect::<Result<Vec<_>>>()?;
        let mut options = PublicKeyCredentialCreationOptions::second_factor(&self.id, user, known);
        options.authenticator_selection.resident_key = ResidentKeyRequirement::Preferred;
        options.authenticator_selection.user_verification = UserVerificationRequirement::Preferred;
        let (server, client) = options.start_ceremony().map_err(Error::internal)?;
        let mut options = serde_json::to_value(&client).map_err(Error::internal)?;
        options["rp"]["name"] = "Parlour".into();
        Ok(Asked {
            options,
            state: server.encode().map_err(Error::internal)?,
        })
    }

    /// The passkey of an answer to [`RelyingParty::ask_for_new`], if it is one.
    pub fn take_new(&self, state: &[u8], answer: &Value) -> Option<Kept> {
        let registration = Registration::from_json_relaxed(answer.to_string().as_bytes()).ok()?;
        let options = RegistrationVerificationOptions::<String, String> {
            allowed_origins: &self.origins,
            // Browsers add some that nobody asked for (credProtect).
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        let credential = RegistrationServerState::<16>::decode(state)
            .ok()?
            .verify(&self.id, &registration, &options)
            .inspect_err(|error| tracing::info!(event = "passkey_refused", %error, "security"))
            .ok()?;
        Some(Kept {
            credential_id: credential.id().as_ref().to_vec(),
            public_key: credential.static_state().encode().ok()?,
            state: credential.dynamic_state().encode().ok()?.to_vec(),
            transports: credential.transports().encode().ok()?.into(),
        })
    }

    /// Asks whoever is there to say by a passkey who he is. His device must have made sure that it is him.
    pub fn ask_anybody(&self) -> Result<Asked> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        let (server, client) = options.start_ceremony().map_err(Error::internal)?;
        Ok(Asked {
            options: serde_json::to_value(&client).map_err(Error::internal)?,
            state: server.encode().map_err(Error::internal)?,
        })
    }

    /// Asks for one of these passkeys; there must be one.
    pub fn ask_for(&self, known: &[Kept]) -> Result<Asked> {
        let mut allowed = AllowedCredentials::with_capacity(known.len());
        for one in known {
            allowed.push(AllowedCredential::from(descriptor(one)?));
        }
        let mut asking =
            NonDiscoverableCredentialRequestOptions::second_factor(&self.id, allowed).map_err(Error::internal)?;
        // Where the device can tell who holds it, it is as good as the password.
        asking.options().user_verification = UserVerificationRequirement::Preferred;
        let (server, client) = asking.start_ceremony().map_err(Error::internal)?;
        Ok(Asked {
            options: serde_json::to_value(&client).map_err(Error::internal)?,
            state: server.encode().map_err(Error::internal)?,
        })
    }

    /// Whether this answers [`RelyingParty::ask_anybody`], given the passkey that it names.
    pub fn check_discovered(&self, state: &[u8], answer: &Discovered, kept: &Kept) -> Option<Answered> {
        let user = handle(answer.account_id);
        let mut credential = credential(kept, &user)?;
        DiscoverableAuthenticationServerState::decode(state)
            .ok()?
            .verify(&self.id, &answer.authentication, &mut credential, &self.verification())
            .inspect_err(|error| tracing::info!(event = "passkey_refused", %error, "security"))
            .ok()?;
        answered(&credential, answer.authentication.response().authenticator_data())
    }

    /// Whether this answers [`RelyingParty::ask_for`], given the passkey that it names and its account.
    pub fn check_named(&self, state: &[u8], answer: &Named, account_id: Uuid, kept: &Kept) -> Option<Answered> {
        let user = handle(account_id);
        let mut credential = credential(kept, &user)?;
        NonDiscoverableAuthenticationServerState::decode(state)
            .ok()?
            .verify(&self.id, &answer.authentication, &mut credential, &self.verification())
            .inspect_err(|error| tracing::info!(event = "passkey_refused", %error, "security"))
            .ok()?;
        answered(&credential, answer.authentication.response().authenticator_data())
    }

    fn verification(&self) -> AuthenticationVerificationOptions<'_, '_, String, String> {
        AuthenticationVerificationOptions {
            allowed_origins: &self.origins,
            error_on_unsolicited_extensions: false,
            ..Default::default()
        }
    }
}

impl Discovered {
    /// An answer as `PublicKeyCredential.toJSON` writes it.
    pub fn read(answer: &Value) -> Option<Self> {
        let authentication = DiscoverableAuthentication16::from_json_relaxed(answer.to_string().as_bytes()).ok()?;
        let account_id = Uuid::from_bytes(authentication.response().user_handle().encode().ok()?);
        Some(Discovered {
            authentication,
            account_id,
        })
    }

    pub fn credential_id(&self) -> &[u8] {
        self.authentication.raw_id().into_inner()
    }
}

impl Named {
    /// An answer as `PublicKeyCredential.toJSON` writes it.
    pub fn read(answer: &Value) -> Option<Self> {
        let authentication = NonDiscoverableAuthentication16::from_json_relaxed(answer.to_string().as_bytes()).ok()?;
        Some(Named { authentication })
    }

    pub fn credential_id(&self) -> &[u8] {
        self.authentication.raw_id().into_inner()
    }
}

/// An account as devices know it: its id, which says nothing of the person.
fn handle(account_id: Uuid) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(account_id.into_bytes());
    handle
}

fn descriptor(kept: &Kept) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let transports = u8::try_from(kept.transports).map_err(Error::internal)?;
    Ok(PublicKeyCredentialDescriptor {
        id: CredentialId::decode(kept.credential_id.clone()).map_err(Error::internal)?,
        transports: AuthTransports::decode(transports).map_err(Error::internal)?,
    })
}

type Credential<'kept, 'user> =
    AuthenticatedCredential<'kept, 'user, 16, CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

fn credential<'kept, 'user>(kept: &'kept Kept, user: &'user UserHandle16) -> Option<Credential<'kept, 'user>> {
    let id = CredentialId::<&[u8]>::decode(&kept.credential_id).ok()?;
    let key = StoredKey::decode(&kept.public_key).ok()?;
    let state = DynamicState::decode(kept.state.as_slice().try_into().ok()?).ok()?;
    AuthenticatedCredential::new(id, user, key, state).ok()
}

fn answered(credential: &Credential<'_, '_>, authenticator_data: &[u8]) -> Option<Answered> {
    let data = AuthenticatorData::try_from(authenticator_data).ok()?;
    Some(Answered {
        state: credential.dynamic_state().encode().ok()?.to_vec(),
        verified: data.flags().user_verified,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_domain_that_browsers_trust() {
        for (public_url, id) in [
            ("https://talk.example", "talk.example"),
            ("https://talk.example:8443", "talk.example"),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("http://localhost:8080", "localhost"),
            ("http://talk.localhost:8080", "talk.localhost"),
        ] {
            assert_eq!(RelyingParty::of(public_url).unwrap().id(), id);
        }
        for (public_url, why) in [
            ("http://127.0.0.1:8080", Unavailable::IpAddress),
            ("https://192.0.2.1", Unavailable::IpAddress),
            ("https://[2001:db8::1]", Unavailable::IpAddress),
            ("http://talk.example", Unavailable::Insecure),
            ("http://localhost.example", Unavailable::Insecure),
        ] {
            assert_eq!(RelyingParty::of(public_url).err(), Some(why), "{public_url}");
        }
    }

    #[test]
    fn what_is_asked_does_not_say_more_of_a_person_than_his_name() {
        let party = RelyingParty::of("https://talk.example").unwrap();
        let asked = party
            .ask_for_new(Uuid::from_u128(7), "ada@example.org", "Ada", &[])
            .unwrap();
        assert_eq!(asked.options["rp"]["id"], "talk.example");
        assert_eq!(asked.options["user"]["name"], "ada@example.org");
        assert_eq!(asked.options["user"]["id"], "AAAAAAAAAAAAAAAAAAAABw");
        assert_eq!(asked.options["attestation"], "none");
        // Names that a device could not show, or that are none.
        for (email, name) in [("", ""), ("a\u{202e}b@example.org", "\u{0}")] {
            let asked = party.ask_for_new(Uuid::from_u128(7), email, name, &[]).unwrap();
            assert_eq!(asked.options["user"]["name"], "account");
        }
    }
}
