//! What mails say, in each language. German says "Sie".

use ::entity::membership::Role;
use chrono::{DateTime, Datelike, Utc};

use super::Said;
use crate::job::Locale;
use crate::tenants::plans::{Quota, Use};

/// Under every mail: whose it is.
pub fn foot(locale: Locale, public_url: &str) -> String {
    match locale {
        Locale::En => format!("Sent by the comment service at {public_url}"),
        Locale::De => format!("Gesendet vom Kommentardienst unter {public_url}"),
    }
}

fn said(subject: impl Into<String>, before: &[&str], link: Option<(&str, String)>, after: &[&str]) -> Said {
    let owned = |paragraphs: &[&str]| paragraphs.iter().map(|words| (*words).to_owned()).collect();
    Said {
        subject: subject.into(),
        before: owned(before),
        link: link.map(|(words, address)| (words.to_owned(), address)),
        after: owned(after),
    }
}

pub fn trial(locale: Locale) -> Said {
    match locale {
        Locale::En => said(
            "Mail from the comment service arrives",
            &[
                "Hello,",
                "an operator of the comment service has sent this mail to see whether mail arrives. It does.",
                "There is nothing to do.",
            ],
            None,
            &[],
        ),
        Locale::De => said(
            "E-Mails des Kommentardienstes kommen an",
            &[
                "Guten Tag,",
                "diese E-Mail hat jemand geschickt, der den Kommentardienst betreibt, um zu sehen, ob E-Mails ankommen. Sie tun es.",
                "Sie brauchen nichts zu tun.",
            ],
            None,
            &[],
        ),
    }
}

pub fn sign_up(locale: Locale, link: String, hours: i64) -> Said {
    match locale {
        Locale::En => said(
            "Confirm your mail address",
            &[
                "Hello,",
                "an account was asked for with this mail address. If that was you, confirm it:",
            ],
            Some(("Confirm the address", link)),
            &[
                &format!("The link works once, within {hours} hours, and asks for the password that you chose."),
                "If it was not you, there is nothing to do: without the confirmation there will be no account.",
            ],
        ),
        Locale::De => said(
            "Bestätigen Sie Ihre E-Mail-Adresse",
            &[
                "Guten Tag,",
                "mit dieser E-Mail-Adresse wurde ein Konto angefordert. Wenn Sie das waren, bestätigen Sie es bitte:",
            ],
            Some(("Adresse bestätigen", link)),
            &[
                &format!(
                    "Der Link gilt einmal und {hours} Stunden lang. Er fragt nach dem Passwort, das Sie gewählt haben."
                ),
                "Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ohne Bestätigung entsteht kein Konto.",
            ],
        ),
    }
}

pub fn mine(locale: Locale, site: &str, link: String, hours: i64) -> Said {
    match locale {
        Locale::En => said(
            format!("Your comments on {site}"),
            &[
                "Hello,",
                &format!(
                    "somebody asked to see what was written on “{site}” with this mail address. If that was you, everything is here: \
                     your comments, to change, delete and take with you, and the mails that you get."
                ),
            ],
            Some(("See my comments", link)),
            &[
                &format!(
                    "The link is good for {hours} hours. Whoever has it can do all of this: please do not pass this mail on."
                ),
                "If it was not you, there is nothing to do: nobody sees the link but you.",
            ],
        ),
        Locale::De => said(
            format!("Ihre Kommentare auf {site}"),
            &[
                "Guten Tag,",
                &format!(
                    "jemand möchte sehen, was auf „{site}“ mit dieser E-Mail-Adresse geschrieben wurde. Wenn Sie das waren, finden Sie \
                     hier alles: Ihre Kommentare, um sie zu ändern, zu löschen und mitzunehmen, und die E-Mails, die Sie bekommen."
                ),
            ],
            Some(("Meine Kommentare ansehen", link)),
            &[
                &format!(
                    "Der Link gilt {hours} Stunden lang. Wer ihn hat, kann all das tun: Bitte geben Sie diese E-Mail nicht weiter."
                ),
                "Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Außer Ihnen sieht niemand den Link.",
            ],
        ),
    }
}

pub fn has_account(locale: Locale, sign_in: String, forgot: &str) -> Said {
    match locale {
        Locale::En => said(
            "You have an account already",
            &[
                "Hello,",
                "an account was asked for with this mail address, but there is one already. If that was you, sign in:",
            ],
            Some(("Sign in", sign_in)),
            &[
                &format!("If you do not remember the password, choose another one: {forgot}"),
                "If it was not you, there is nothing to do: nothing has changed.",
            ],
        ),
        Locale::De => said(
            "Sie haben schon ein Konto",
            &[
                "Guten Tag,",
                "mit dieser E-Mail-Adresse wurde ein Konto angefordert, aber es gibt schon eines. Wenn Sie das waren, melden Sie sich \
                 bitte an:",
            ],
            Some(("Anmelden", sign_in)),
            &[
                &format!("Wenn Sie das Passwort nicht mehr wissen, wählen Sie ein neues: {forgot}"),
                "Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Es hat sich nichts geändert.",
            ],
        ),
    }
}

pub fn password_reset(locale: Locale, link: String, minutes: i64) -> Said {
    match locale {
        Locale::En => said(
            "Choose a new password",
            &[
                "Hello,",
                "a new password was asked for, for the account with this mail address. If that was you, choose it here:",
            ],
            Some(("Choose a password", link)),
            &[
                &format!("The link works once, within {minutes} minutes. You will be signed out everywhere."),
                "If it was not you, there is nothing to do: the password stays as it is.",
            ],
        ),
        Locale::De => said(
            "Wählen Sie ein neues Passwort",
            &[
                "Guten Tag,",
                "für das Konto mit dieser E-Mail-Adresse wurde ein neues Passwort angefordert. Wenn Sie das waren, wählen Sie es hier:",
            ],
            Some(("Passwort wählen", link)),
            &[
                &format!("Der Link gilt einmal und {minutes} Minuten lang. Sie werden danach überall abgemeldet."),
                "Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Das Passwort bleibt, wie es ist.",
            ],
        ),
    }
}

pub fn password_changed(locale: Locale, forgot: String) -> Said {
    match locale {
        Locale::En => said(
            "Your password was changed",
            &[
                "Hello,",
                "the password of the account with this mail address was changed. If that was you, all is well.",
                "If it was not you, somebody else knows how to get in. Choose a new password at once:",
            ],
            Some(("Choose a password", forgot)),
            &[],
        ),
        Locale::De => said(
            "Ihr Passwort wurde geändert",
            &[
                "Guten Tag,",
                "das Passwort des Kontos mit dieser E-Mail-Adresse wurde geändert. Wenn Sie das waren, ist alles in Ordnung.",
                "Wenn Sie es nicht waren, kennt jemand anders den Weg hinein. Wählen Sie bitte sofort ein neues Passwort:",
            ],
            Some(("Passwort wählen", forgot)),
            &[],
        ),
    }
}

pub fn address_to_come(locale: Locale, link: String) -> Said {
    match locale {
        Locale::En => said(
            "Confirm your new mail address",
            &[
                "Hello,",
                "an account is to have this mail address from now on. If it is yours, confirm it:",
            ],
            Some(("Confirm the address", link)),
            &[
                "The former address is asked, too; the change holds when both have confirmed it, within two days.",
                "If you know nothing of it, there is nothing to do.",
            ],
        ),
        Locale::De => said(
            "Bestätigen Sie Ihre neue E-Mail-Adresse",
            &[
                "Guten Tag,",
                "ein Konto soll künftig diese E-Mail-Adresse haben. Wenn es Ihres ist, bestätigen Sie das bitte:",
            ],
            Some(("Adresse bestätigen", link)),
            &[
                "Auch die bisherige Adresse wird gefragt; die Änderung gilt, wenn beide sie bestätigt haben, innerhalb von zwei Tagen.",
                "Wenn Sie nichts davon wissen, brauchen Sie nichts zu tun.",
            ],
        ),
    }
}

pub fn address_taken(locale: Locale) -> Said {
    match locale {
        Locale::En => said(
            "Your mail address belongs to an account",
            &[
                "Hello,",
                "somebody wants to use this mail address for an account, but it belongs to an account already: yours. So nothing has \
                 changed.",
                "If that was you: an address can be that of one account only.",
            ],
            None,
            &[],
        ),
        Locale::De => said(
            "Ihre E-Mail-Adresse gehört zu einem Konto",
            &[
                "Guten Tag,",
                "jemand möchte diese E-Mail-Adresse für ein Konto verwenden, aber sie gehört schon zu einem: zu Ihrem. Es hat sich also \
                 nichts geändert.",
                "Wenn Sie das waren: Eine Adresse kann nur zu einem einzigen Konto gehören.",
            ],
            None,
            &[],
        ),
    }
}

pub fn address_to_go(locale: Locale, to: &str, link: String) -> Said {
    match locale {
        Locale::En => said(
            "Your mail address is to be changed",
            &[
                "Hello,",
                &format!("your account is to have another mail address: {to}"),
                "If you want that, confirm it. If you do not, stop it on the same page, and change your password: somebody knows it.",
            ],
            Some(("Confirm or stop", link)),
            &["The change holds when both addresses have confirmed it, within two days. Until then nothing changes."],
        ),
        Locale::De => said(
            "Ihre E-Mail-Adresse soll geändert werden",
            &[
                "Guten Tag,",
                &format!("Ihr Konto soll eine andere E-Mail-Adresse bekommen: {to}"),
                "Wenn Sie das wollen, bestätigen Sie es bitte. Wenn nicht, halten Sie es auf derselben Seite auf und ändern Sie Ihr \
                 Passwort: Jemand kennt es.",
            ],
            Some(("Bestätigen oder aufhalten", link)),
            &[
                "Die Änderung gilt, wenn beide Adressen sie bestätigt haben, innerhalb von zwei Tagen. Bis dahin ändert sich nichts.",
            ],
        ),
    }
}

pub fn invitation(locale: Locale, inviter: Option<&str>, tenant: &str, role: Role, link: String) -> Said {
    match locale {
        Locale::En => {
            let role = match role {
                Role::Owner => "owner",
                Role::Admin => "admin",
                Role::Moderator => "moderator",
            };
            let who = inviter.unwrap_or("Somebody");
            said(
                format!("You are invited to {tenant}"),
                &[
                    "Hello,",
                    &format!("{who} invites you to look after the comments of “{tenant}”, as {role}."),
                ],
                Some(("See the invitation", link)),
                &[
                    "The link works once, within seven days, for this mail address alone. Links of earlier invitations are void.",
                    "If you do not know what this is about, there is nothing to do.",
                ],
            )
        }
        Locale::De => {
            let role = match role {
                Role::Owner => "Inhaber",
                Role::Admin => "Admin",
                Role::Moderator => "Moderator",
            };
            let who = inviter.unwrap_or("Jemand");
            said(
                format!("Einladung zu {tenant}"),
                &[
                    "Guten Tag,",
                    &format!(
                        "{who} lädt Sie ein, sich um die Kommentare von „{tenant}“ zu kümmern. Ihre Rolle: {role}."
                    ),
                ],
                Some(("Einladung ansehen", link)),
                &[
                    "Der Link gilt einmal, sieben Tage lang und nur für diese E-Mail-Adresse. Links früherer Einladungen gelten nicht mehr.",
                    "Wenn Sie nicht wissen, worum es geht, brauchen Sie nichts zu tun.",
                ],
            )
        }
    }
}

pub fn webhook_disabled(locale: Locale, tenant: &str, names: &[String], link: String) -> Said {
    let names = names.join(", ");
    match locale {
        Locale::En => said(
            format!("A webhook of {tenant} was switched off"),
            &[
                "Hello,",
                &format!(
                    "nothing got through to a webhook of “{tenant}” for three days, or its receiver said that it is gone. So it was \
                     switched off. Off are now: {names}."
                ),
                "What happened is in the log. Switch it on again when its receiver answers:",
            ],
            Some(("See the webhooks", link)),
            &[
                "What happened in the meantime can be sent again from the log. You get this mail because you are an owner.",
            ],
        ),
        Locale::De => said(
            format!("Ein Webhook von {tenant} wurde ausgeschaltet"),
            &[
                "Guten Tag,",
                &format!(
                    "zu einem Webhook von „{tenant}“ kam drei Tage lang nichts durch, oder sein Empfänger hat gemeldet, dass es ihn nicht \
                     mehr gibt. Deshalb wurde er ausgeschaltet. Aus sind jetzt: {names}."
                ),
                "Was geschehen ist, steht im Protokoll. Schalten Sie ihn wieder ein, wenn sein Empfänger antwortet:",
            ],
            Some(("Webhooks ansehen", link)),
            &[
                "Was in der Zwischenzeit geschah, kann aus dem Protokoll noch einmal gesendet werden. Sie bekommen diese Mail, weil Sie \
                 Inhaber sind.",
            ],
        ),
    }
}

/// A quota of a tenant is used up, or nearly so.
pub fn quota_near(locale: Locale, tenant: &str, found: &Use, renews_at: DateTime<Utc>, link: String) -> Said {
    let limit = found.limit.unwrap_or(0);
    let (used, allowed) = (
        amount(locale, found.quota, found.used),
        amount(locale, found.quota, limit),
    );
    let full = found.is_full();
    match locale {
        Locale::En => {
            let what = match found.quota {
                Quota::Sites => "sites",
                Quota::Members => "members and invitations",
                Quota::Comments => "comments this month",
                Quota::Storage => "storage for comments",
            };
            let day = renews_at.format("%-d %B %Y");
            let then = match found.quota {
                Quota::Sites => "no further site can be made".to_owned(),
                Quota::Members => "nobody else can be invited".to_owned(),
                Quota::Comments => format!("your readers see the comments and cannot write any until {day} (UTC)"),
                Quota::Storage => "your readers see the comments and cannot write any".to_owned(),
            };
            let consequence = match full {
                true => format!("There is no room left: {then}."),
                false => format!("Nothing has changed yet. When all of it is used, {then}."),
            };
            said(
                match full {
                    true => format!("{tenant} has used all its {what}"),
                    false => format!("{tenant} has used most of its {what}"),
                },
                &[
                    "Hello,",
                    &format!("“{tenant}” has used {used} of {allowed} {what}. You get this mail because you own it."),
                    &consequence,
                ],
                Some(("See what is used", link)),
                &["If you need more, ask whoever runs this service."],
            )
        }
        Locale::De => {
            let what = match found.quota {
                Quota::Sites => "Websites",
                Quota::Members => "Mitgliedern und Einladungen",
                Quota::Comments => "Kommentaren dieses Monats",
                Quota::Storage => "Speicher für Kommentare",
            };
            let day = format!(
                "{}. {} {}",
                renews_at.day(),
                MONTHS[renews_at.month0() as usize],
                renews_at.year()
            );
            let then = match found.quota {
                Quota::Sites => "lässt sich keine weitere Website anlegen".to_owned(),
                Quota::Members => "lässt sich niemand mehr einladen".to_owned(),
                Quota::Comments => {
                    format!("sehen Ihre Leser die Kommentare und können bis zum {day} (UTC) keine schreiben")
                }
                Quota::Storage => "sehen Ihre Leser die Kommentare und können keine schreiben".to_owned(),
            };
            let consequence = match full {
                true => format!("Es ist kein Platz mehr: Nun {then}."),
                false => format!("Noch hat sich nichts geändert. Wenn alles verbraucht ist, {then}."),
            };
            said(
                match full {
                    true => format!("{tenant}: Kontingent verbraucht"),
                    false => format!("{tenant}: Kontingent fast verbraucht"),
                },
                &[
                    "Guten Tag,",
                    &format!(
                        "„{tenant}“ hat {used} von {allowed} {what} verbraucht. Sie erhalten diese E-Mail als Inhaber."
                    ),
                    &consequence,
                ],
                Some(("Verbrauch ansehen", link)),
                &["Wenn Sie mehr brauchen, wenden Sie sich bitte an den Betreiber dieses Dienstes."],
            )
        }
    }
}

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// Bytes in units that people read, everything else as a number with its thousands apart.
fn amount(locale: Locale, quota: Quota, value: u64) -> String {
    let (point, thousands) = match locale {
        Locale::En => ('.', ','),
        Locale::De => (',', '.'),
    };
    let whole = |value: u64| {
        let digits = value.to_string();
        let mut said = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                said.push(thousands);
            }
            said.push(digit);
        }
        said
    };
    if quota != Quota::Storage {
        return whole(value);
    }
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| value >= *unit) {
        None => format!("{value} B"),
        Some((unit, name)) => match value % unit * 10 / unit {
            0 => format!("{} {name}", whole(value / unit)),
            tenth => format!("{}{point}{tenth} {name}", whole(value / unit)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_language_writes_them() {
        for (quota, value, english, german) in [
            (Quota::Comments, 812, "812", "812"),
            (Quota::Comments, 1_234_567, "1,234,567", "1.234.567"),
            (Quota::Storage, 999, "999 B", "999 B"),
            (Quota::Storage, 80_000_000, "80 MB", "80 MB"),
            (Quota::Storage, 1_650_000_000, "1.6 GB", "1,6 GB"),
            (Quota::Storage, 1_000_000_000_000, "1,000 GB", "1.000 GB"),
        ] {
            assert_eq!(amount(Locale::En, quota, value), english);
            assert_eq!(amount(Locale::De, quota, value), german);
        }
    }

    #[test]
    fn a_warning_says_what_follows_and_when_it_is_over() {
        let found = |used| Use {
            quota: Quota::Comments,
            used,
            limit: Some(1000),
            of_plan: Some(1000),
            is_own: false,
        };
        let december = "2026-12-01T00:00:00Z".parse().unwrap();
        let near = quota_near(Locale::En, "Walt", &found(812), december, String::new());
        assert_eq!(near.subject, "Walt has used most of its comments this month");
        let text = near.before.join("\n");
        assert!(
            text.contains("812 of 1,000 comments") && text.contains("until 1 December 2026"),
            "{text}"
        );
        let full = quota_near(Locale::De, "Walt", &found(1000), december, String::new());
        assert_eq!(full.subject, "Walt: Kontingent verbraucht");
        let text = full.before.join("\n");
        assert!(
            text.contains("1.000 von 1.000 Kommentaren") && text.contains("bis zum 1. Dezember 2026"),
            "{text}"
        );
    }
}
