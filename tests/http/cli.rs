//! The command line: what an operator types, and what he is told.

use std::os::unix::fs::PermissionsExt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::binary::Home;
use crate::world::{PASSWORD, ask, run};
use http::Method;
use parlour::http::document;

#[test]
fn every_command_explains_itself() {
    let home = Home::embedded();
    let all = home.run(&["--help"]).done().out();
    for command in [
        "serve", "worker", "migrate", "openapi", "check", "config", "demo", "setup", "account", "mail", "site",
        "import", "export", "backup", "restore", "health",
    ] {
        assert!(
            all.lines().any(|line| line.trim_start().starts_with(command)),
            "{command} in {all}"
        );
        let help = home.run(&[command, "--help"]).done().out();
        assert!(
            help.contains("Usage: parlour ") && help.lines().next().is_some_and(|line| line.len() > 10),
            "{help}"
        );
    }
    for command in ["create", "set", "settings", "list", "import-config"] {
        home.run(&["site", command, "--help"]).done();
    }
    home.run(&["account", "reset-factors", "--help"]).done();
    home.run(&["mail", "test", "--help"]).done();
    assert!(home.run(&["--version"]).done().out().starts_with("parlour "));
    assert_eq!(
        std::fs::read_dir(&home.folder).unwrap().count(),
        0,
        "asking for help makes nothing"
    );
}

#[test]
fn an_operator_is_made_from_the_shell_and_signs_in() {
    run(async {
        let home = Home::on_engine().await;
        let account = home.set_up("olive@example.org");
        assert_eq!(
            (&account["email"], &account["operator"]),
            (&json!("olive@example.org"), &json!(true))
        );

        let server = home.serve();
        let credentials = json!({ "email": "olive@example.org", "password": PASSWORD });
        let session = ask(&server.base, Method::POST, "/v1/admin/session")
            .json(&credentials)
            .send()
            .await
            .expect(200);
        assert_eq!(session.json["account"]["name"], "Olive");
        drop(server);

        let again = ["setup", "--email", "OLIVE@example.org", "--password-stdin"];
        home.run_with(&again, "another good password\n")
            .refused(&["There is an account with this mail address."]);
        home.run_with(&["setup", "--email", "nobody", "--password-stdin"], PASSWORD)
            .refused(&["name@example.org"]);
        let weak = ["setup", "--email", "eve@example.org", "--password-stdin"];
        home.run_with(&weak, "password\n").refused(&["first that are tried"]);
        home.run_with(&weak, "").refused(&["at least 8 characters"]);
    });
}

#[test]
fn a_lost_password_is_replaced_by_a_link_from_the_shell() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let made = home.run(&["account", "password-link", "--email", "OLIVE@example.org", "--json"]);
        let made = made.done().json();
        let (page, token) = made["link"].as_str().unwrap().split_once("#token=").unwrap();
        assert!(page.ends_with("/admin/reset"), "{page}");
        let server = home.serve();
        let body = json!({ "token": token, "password": "another good password" });
        let finish = ask(&server.base, Method::POST, "/v1/admin/password-resets/finish").json(&body);
        finish.send().await.expect(204);
        let credentials = json!({ "email": "olive@example.org", "password": "another good password" });
        let session = ask(&server.base, Method::POST, "/v1/admin/session").json(&credentials);
        session.send().await.expect(200);
        drop(server);
        home.run(&["account", "password-link", "--email", "nobody@example.org"])
            .refused(&["No such account"]);
        home.run(&["account", "password-link", "--email", "nobody"])
            .refused(&["name@example.org"]);
    });
}

#[test]
fn somebody_who_lost_his_second_factor_is_helped_from_the_shell() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let mut server = home.serve();
        let credentials = json!({ "email": "olive@example.org", "password": PASSWORD });
        let base = server.base.clone();
        let enter = async || {
            ask(&base, Method::POST, "/v1/admin/session")
                .json(&credentials)
                .send()
                .await
        };
        let token = enter().await.expect(200).text("access_token");
        let setup = ask(&base, Method::POST, "/v1/admin/me/totp/setup")
            .bearing(&token)
            .send()
            .await;
        let setup = setup.expect(200);
        let secret = totp_rs::Secret::try_from_base32(setup.text("secret")).unwrap();
        let app = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        let now = chrono::DateTime::<chrono::Utc>::from(std::fs::metadata(&home.folder).unwrap().modified().unwrap());
        // Of the last minutes, as the folder was made a moment ago; the server takes the present one.
        let codes = (0..4).map(|step| {
            app.generate((now.timestamp() + 30 * step).try_into().unwrap())
                .to_string()
        });
        let mut enabled = false;
        for code in codes {
            let body = json!({ "setup": setup.text("setup"), "code": code });
            let answer = ask(&base, Method::PUT, "/v1/admin/me/totp")
                .json(&body)
                .bearing(&token)
                .send()
                .await;
            enabled |= answer.status == 200;
        }
        assert!(enabled);
        enter().await.expect(202);

        // Beside a server that runs.
        let reset = home
            .run(&["account", "reset-factors", "--email", " OLIVE@example.org", "--json"])
            .done()
            .json();
        assert_eq!(
            (&reset["totp"], &reset["passkeys"], &reset["recovery_codes"]),
            (&json!(true), &json!(0), &json!(10))
        );
        let before = ask(&base, Method::GET, "/v1/admin/me").bearing(&token).send().await;
        before.refused(401, "unauthenticated");
        enter().await.expect(200);
        let plain = home
            .run(&["account", "reset-factors", "--email", "olive@example.org"])
            .done()
            .out();
        assert!(
            plain.contains("olive@example.org signs in by password alone"),
            "{plain}"
        );
        for nobody in ["eve@example.org", "nobody", ""] {
            home.run(&["account", "reset-factors", "--email", nobody])
                .refused(&["No such account."]);
        }
        server.kill();
    });
}

#[test]
fn sites_are_made_changed_and_listed_from_the_shell() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", "https://blog.example/some/page");
        assert_eq!(site["origins"], json!(["https://blog.example"]));
        assert_eq!(site["settings"]["moderation"], "none");
        let key = site["key"].as_str().unwrap();
        let snippet = site["snippet"].as_str().unwrap();
        assert!(
            snippet.contains(&format!("data-site=\"{key}\"")) && snippet.contains("<parlour-comments>"),
            "{snippet}"
        );

        let set = home.run(&[
            "site",
            "set",
            key,
            "min_text_length=5",
            "require_name=true",
            "notice=Be kind",
            "--json",
        ]);
        let settings = set.done().json()["settings"].clone();
        assert_eq!(settings["min_text_length"], 5);
        assert_eq!(
            (&settings["require_name"], &settings["notice"]),
            (&json!(true), &json!("Be kind"))
        );

        let list = home
            .run(&["site", "list", "--owner", "olive@example.org", "--json"])
            .done();
        let keys: Vec<_> = list
            .out()
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].clone())
            .collect();
        assert_eq!(keys, [json!(key)]);
        let plain = home.run(&["site", "list", "--owner", "olive@example.org"]).done().out();
        assert_eq!(plain.trim(), format!("{key}  A blog"));

        home.run(&["site", "set", key, "colour=red"]).refused(&["colour"]);
        home.run(&["site", "set", key, "min_text_length=0"])
            .refused(&["min_text_length"]);
        home.run(&["site", "set", key, "moderation"]).refused(&["KEY=VALUE"]);
        home.run(&["site", "set", "nobody", "sort=newest"])
            .refused(&["No such site"]);
        home.run(&["site", "list", "--owner", "eve@example.org"])
            .refused(&["eve@example.org"]);
        let nowhere = [
            "site",
            "create",
            "--owner",
            "olive@example.org",
            "--name",
            "x",
            "--origin",
            "blog.example",
        ];
        home.run(&nowhere).refused(&["https://blog.example"]);
    });
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    run(async {
        let home = Home::on_engine().await;
        let first = home.run(&["migrate", "--json"]).done().json();
        assert!(!first["applied"].as_array().unwrap().is_empty());
        let engine = if std::env::var("TEST_DATABASE_URL").is_ok() {
            "PostgreSQL"
        } else {
            "SQLite"
        };
        assert_eq!(first["engine"], engine);
        assert_eq!(home.run(&["migrate", "--json"]).done().json()["applied"], json!([]));
        assert_eq!(home.run(&["migrate"]).done().out(), "The schema is up to date.\n");
    });
}

#[test]
fn a_good_configuration_passes_the_check() {
    run(async {
        let home = Home::on_engine().await;
        let found = home.run(&["check", "--json"]).done().json();
        assert_eq!(found["ok"], true);
        home.run(&["migrate"]).done();
        let found = home.run(&["check", "--json"]).done().json();
        let results: Vec<_> = found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["check"].clone(), one["result"].clone()))
            .collect();
        for what in [
            "configuration",
            "secret key",
            "database",
            "schema",
            "public url",
            "trusted proxies",
            "redis",
        ] {
            assert!(results.contains(&(json!(what), json!("ok"))), "{what} in {found}");
        }
        assert!(home.run(&["check"]).done().out().contains("ok       database"));
    });
}

#[test]
fn the_check_says_what_is_wrong_and_fails() {
    let bad = |name: &'static str, value: &str| Home::embedded().with(name, value);
    for (home, what, words) in [
        (bad("PARLOUR_SECRET_KEY", "short"), "secret key", "32 random characters"),
        (
            bad("PARLOUR_SECRET_KEY", &"changeme".repeat(5)),
            "secret key",
            "placeholder",
        ),
        (bad("PARLOUR_MODE", "production"), "secret key", "openssl rand"),
        (
            bad("PARLOUR_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none"),
            "database",
            "cannot be reached",
        ),
        (
            bad("PARLOUR_REDIS_URL", "redis://127.0.0.1:1/"),
            "redis",
            "Connection refused",
        ),
        (bad("PARLOUR_PUBLIC_URL", "http://talk.example"), "public url", "https"),
        (
            bad("PARLOUR_TRUSTED_PROXIES", "0.0.0.0/0"),
            "trusted proxies",
            "anybody",
        ),
        (bad("PARLOUR_SMTP_URL", "nonsense"), "mail", "smtp://"),
        (
            bad("PARLOUR_SMTP_URL", "smtp://127.0.0.1:1"),
            "mail",
            "mail_from is not set",
        ),
        (bad("PARLOUR_LIMIT_POST", "lots"), "configuration", "10/60"),
        (bad("PARLOUR_LISTN", "127.0.0.1:0"), "configuration", "listn"),
    ] {
        let found = home.run(&["check", "--json"]).refused(&[]).json();
        assert_eq!(found["ok"], false);
        let findings = found["findings"].as_array().unwrap();
        let finding = findings
            .iter()
            .find(|one| one["check"] == what)
            .unwrap_or_else(|| panic!("{what} in {found}"));
        assert_eq!(finding["result"], "error", "{finding}");
        assert!(finding["detail"].as_str().unwrap().contains(words), "{finding}");
    }
}

#[test]
fn an_operator_sees_whether_mail_goes_out() {
    let test = ["mail", "test", "olive@example.org"];
    Home::embedded().run(&test).refused(&["smtp_url"]);
    let away = Home::embedded()
        .with("PARLOUR_SMTP_URL", "smtp://127.0.0.1:1")
        .with("PARLOUR_MAIL_FROM", "Talk <talk@example.org>");
    away.run(&test).refused(&["not sent", "cannot be reached"]);
    let told = away
        .run(&["mail", "test", "olive@example.org", "--json"])
        .refused(&[])
        .json();
    assert_eq!(told["sent"], false);
    assert!(told["error"].as_str().unwrap().contains("cannot be reached"), "{told}");

    let home = Home::embedded();
    let folder = format!("file://{}/mail", home.folder.display());
    let home = home
        .with("PARLOUR_SMTP_URL", &folder)
        .with("PARLOUR_MAIL_FROM", "Talk <talk@example.org>");
    let told = home.run(&test).done().out();
    assert!(
        told.contains("olive@example.org") && told.contains("Talk <talk@example.org>"),
        "{told}"
    );
    let written = std::fs::read_dir(home.folder.join("mail"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let mail = std::fs::read_to_string(written.path()).unwrap();
    assert!(
        mail.contains("To: olive@example.org") && mail.contains("Subject: Mail from"),
        "{mail}"
    );
    home.run(&["mail", "test", "nobody"]).refused(&["no address"]);
}

#[test]
fn the_record_of_signatures_is_printed_and_a_wrong_key_is_named() {
    let dkim = ["mail", "dkim"];
    Home::embedded().run(&dkim).refused(&["dkim_selector"]);
    let home = Home::embedded();
    let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let coded = STANDARD.encode(der.as_ref());
    let file = home.folder.join("dkim.pem");
    let text = format!("-----BEGIN PRIVATE KEY-----\n{coded}\n-----END PRIVATE KEY-----\n");
    std::fs::write(&file, text).unwrap();
    let mails = format!("file://{}/mail", home.folder.display());
    let path = file.to_str().unwrap().to_owned();
    let home = home
        .with("PARLOUR_SMTP_URL", &mails)
        .with("PARLOUR_MAIL_FROM", "Talk <talk@example.org>")
        .with("PARLOUR_DKIM_SELECTOR", "k1")
        .with("PARLOUR_DKIM_KEY_FILE", &path);
    let record = home.run(&["mail", "dkim", "--json"]).done().json();
    assert_eq!(record["name"], "k1._domainkey.example.org");
    let value = record["value"].as_str().unwrap();
    assert!(value.starts_with("v=DKIM1; k=ed25519; p="), "{value}");
    let line = home.run(&dkim).done().out();
    assert_eq!(
        line.trim(),
        format!("k1._domainkey.example.org. IN TXT ( \"{value}\" )")
    );

    let signatures = |home: &Home| {
        let found = home.run(&["check", "--json"]).json();
        let findings = found["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|one| one["check"] == "signatures").unwrap()
    };
    let open = signatures(&home);
    assert_eq!(open["result"], "warning", "{open}");
    assert!(open["detail"].as_str().unwrap().contains("chmod 600"), "{open}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(signatures(&home)["result"], "ok");
    let home = home.with("PARLOUR_DKIM_DOMAIN", "other.example");
    let other = signatures(&home);
    assert!(other["detail"].as_str().unwrap().contains("DMARC"), "{other}");

    std::fs::write(&file, "-----BEGIN PRIVATE KEY-----\nhunter2\n").unwrap();
    let ended = home.run(&["check"]);
    assert!(
        ended.out().contains("dkim_key_file holds no private key"),
        "{}",
        ended.out()
    );
    assert!(!ended.out().contains("hunter2"));
    home.run(&["serve"]).refused(&["dkim_key_file holds no private key"]);
    let short = Home::embedded().with("PARLOUR_BOUNCE_KEY", "hunter2");
    short.run(&["serve"]).refused(&["bounce_key needs at least 32"]);
}

#[test]
fn the_document_is_printed_in_both_forms() {
    let home = Home::embedded();
    assert_eq!(home.run(&["openapi", "--json"]).done().json(), document::json());
    assert_eq!(
        home.run(&["openapi"]).done().out().trim_end(),
        document::yaml().trim_end()
    );
    let defaults = home.run(&["check", "--defaults"]).done().out();
    assert!(defaults.contains("\nlimit_post = "), "{defaults}");
}

#[test]
fn nothing_starts_with_a_setting_that_is_wrong() {
    for (name, value, words) in [
        ("PARLOUR_LISTN", "127.0.0.1:0", "listn"),
        ("PARLOUR_MODE", "fast", "mode"),
        ("PARLOUR_LIMIT_READ", "0/60", "0/60"),
        ("PARLOUR_DATABASE_CONNECTIONS", "many", "database_connections"),
        ("PARLOUR_PUBLIC_URL", "talk.example", "public_url"),
        ("PARLOUR_SECRET_KEY", "too short", "32 random characters"),
        ("PARLOUR_MODE", "production", "secret_key"),
        ("PARLOUR_TRUSTED_PROXIES", "everybody", "trusted_proxies"),
        ("PARLOUR_LOG_LEVEL", "=loud", "log_level"),
    ] {
        let home = Home::embedded().with(name, value);
        home.run(&["serve"]).refused(&[words]);
        assert!(
            !home.folder.join("data/parlour.db").exists(),
            "{name}: nothing was made"
        );
    }
}

#[test]
fn a_configuration_file_is_read_and_a_missing_one_is_told() {
    let home = Home::embedded();
    std::fs::write(home.folder.join("my.toml"), "data_dir = \"elsewhere\"\n").unwrap();
    home.run(&["migrate", "--config", "my.toml"]).done();
    assert!(home.folder.join("elsewhere/parlour.db").exists());
    home.run(&["migrate", "--config", "none.toml"]).refused(&["none.toml"]);
    std::fs::write(home.folder.join("parlour.toml"), "lisen = \"127.0.0.1:0\"\n").unwrap();
    home.run(&["migrate"]).refused(&["lisen"]);
}

#[test]
fn every_setting_in_force_is_printed_with_where_it_comes_from() {
    let home = Home::embedded();
    let lines = home.run(&["config", "--json"]).done().out();
    let told: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| told.iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(of("limit_post")["value"], "10/60");
    assert_eq!(of("limit_post")["source"], "default");
    assert_eq!(of("listen")["source"], "environment", "{lines}");
    let plain = home.run(&["config"]).done().out();
    assert_eq!(plain.lines().count(), told.len());
    assert!(plain.contains("(from the environment)"), "{plain}");
    let unknown = home.folder.join("unknown.toml");
    std::fs::write(&unknown, "colour = \"red\"\n").unwrap();
    let file = unknown.to_str().unwrap();
    home.run(&["config", "--config", file]).refused(&["colour"]);
}

#[test]
fn the_secret_key_is_made_once_and_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::embedded();
    home.run(&["migrate"]).done();
    let file = home.folder.join("data/secret.key");
    let key = std::fs::read_to_string(&file).unwrap();
    assert!(key.len() >= 43, "256 bits");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    home.run(&["migrate"]).done();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), key);
    let told = || {
        let found = home.run(&["check", "--json"]).json();
        let all = found["findings"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["check"] == "secret key").unwrap()
    };
    assert_eq!(told()["result"], "ok");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(told()["result"], "warning");
    std::fs::write(&file, "spoilt").unwrap();
    home.run(&["migrate"]).refused(&["secret.key", "usable key"]);
}

#[test]
fn a_second_server_on_the_same_file_is_refused_in_words() {
    let home = Home::embedded();
    let mut first = home.serve();
    home.run(&["serve"])
        .refused(&["another Parlour serves", "parlour.db", "PostgreSQL"]);
    let found = home.run(&["check", "--json"]).done().json();
    let nodes = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == "nodes")
        .unwrap()
        .clone();
    assert_eq!(nodes["result"], "warning");
    first.kill();
    home.serve();
}

#[test]
fn the_start_says_where_everything_is() {
    run(async {
        let home = Home::on_engine().await;
        let mut server = home.serve();
        let banner = server.banner();
        let link = banner
            .lines()
            .find(|line| line.contains("/admin/setup#token="))
            .unwrap_or_else(|| panic!("{banner}"));
        assert!(link.contains(&server.base) && link.contains("24 h"), "{link}");
        let token = link.split("#token=").nth(1).unwrap().split_whitespace().next().unwrap();
        let body = json!({ "token": token, "email": "olive@example.org", "name": "Olive", "password": PASSWORD });
        ask(&server.base, Method::POST, "/v1/admin/setup")
            .json(&body)
            .send()
            .await
            .expect(201);
        server.kill();

        let mut again = home.serve();
        let banner = again.banner();
        assert!(banner.contains("/admin/\n") && !banner.contains("token"), "{banner}");
        assert!(!banner.contains("parlour:"), "no password of the database: {banner}");
    });
}

#[test]
fn what_can_be_set_is_told_from_the_table_that_the_document_is_made_of() {
    let home = Home::embedded();
    let told = home.run(&["site", "settings", "--json"]).done().out();
    let document = document::json();
    let schema = &document["components"]["schemas"]["SiteSettings"]["properties"];
    let mut names = Vec::new();
    for line in told.lines() {
        let setting: serde_json::Value = serde_json::from_str(line).unwrap();
        let documented = &schema[setting["name"].as_str().unwrap()];
        for (ours, theirs) in [
            ("default", "default"),
            ("description", "description"),
            ("minimum", "minimum"),
            ("maximum", "maximum"),
            ("max_length", "maxLength"),
            ("max_items", "maxItems"),
        ] {
            assert_eq!(setting[ours], documented[theirs], "{ours} of {line}");
        }
        let choices = match setting["kind"].as_str().unwrap() {
            "list" => &documented["items"]["enum"],
            _ => &documented["enum"],
        };
        assert_eq!(setting["choices"], *choices, "{line}");
        names.push(setting["name"].as_str().unwrap().to_owned());
    }
    names.sort_unstable();
    assert_eq!(names, schema.as_object().unwrap().keys().cloned().collect::<Vec<_>>());

    let one = home.run(&["site", "settings", "max_depth"]).done().out();
    assert!(
        one.contains("max_depth = 6") && one.contains("from 0 to 20") && !one.contains("images"),
        "{one}"
    );
    home.run(&["site", "settings", "colour"])
        .refused(&["colour", "parlour site settings"]);
    assert!(
        std::fs::read_dir(&home.folder).unwrap().next().is_none(),
        "it needs no database"
    );
}

#[test]
fn a_value_that_does_not_fit_is_refused_in_the_words_of_its_setting() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", "https://blog.example");
        let key = site["key"].as_str().unwrap();
        for (pair, part) in [
            ("max_depth=21", "a whole number from 0 to 20"),
            ("images=maybe", "true or false"),
            ("moderation=often", "one of none, links, all"),
            ("colour=red", "there is no setting colour"),
        ] {
            home.run(&["site", "set", key, pair]).refused(&[part]);
        }
        let set = home.run(&["site", "set", key, "reactions=👍,❤️", "hash_salt=12345", "--json"]);
        let settings = set.done().json()["settings"].clone();
        assert_eq!(settings["reactions"], json!(["👍", "❤️"]));
        assert_eq!(settings["hash_salt"], "12345");
    });
}

#[test]
fn the_shell_keeps_to_what_operators_let_be_chosen() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", "https://blog.example");
        let server = home.serve();
        let credentials = json!({ "email": "olive@example.org", "password": PASSWORD });
        let session = ask(&server.base, Method::POST, "/v1/admin/session").json(&credentials);
        let token = session.send().await.expect(200).text("access_token");
        ask(&server.base, Method::PUT, "/v1/operator/bounds/edit_minutes")
            .json(&json!({ "default": 5, "max": 30 }))
            .bearing(&token)
            .send()
            .await
            .expect(200);
        let key = site["key"].as_str().unwrap();
        home.run(&["site", "set", key, "edit_minutes=31"])
            .refused(&["On this platform edit_minutes must be a whole number from 0 to 30."]);
        home.run(&["site", "set", key, "edit_minutes=30"]).done();
        let another = home.make_site("olive@example.org", "https://another.example");
        assert_eq!(another["settings"]["edit_minutes"], 5);
    });
}

#[test]
fn a_site_is_exported_from_the_shell() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", "https://blog.example");
        let key = site["key"].as_str().unwrap();
        let file = home.folder.join("site.ndjson");
        let told = home
            .run(&["export", "--site", key, file.to_str().unwrap(), "--json"])
            .done()
            .json();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(told["lines"], lines.len());
        assert_eq!((&lines[1]["kind"], &lines[1]["key"]), (&json!("site"), &json!(key)));
        assert_eq!(lines.last().unwrap()["kind"], "end");
        assert!(!file.with_extension("ndjson.part").exists());
        let nowhere = home.folder.join("nowhere/site.ndjson");
        home.run(&["export", "--site", key, nowhere.to_str().unwrap()])
            .refused(&["site.ndjson"]);
        home.run(&["export", "--site", "abcdefghjkmn", "x"])
            .refused(&["No such site"]);
    });
}
