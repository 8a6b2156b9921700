//! What the pages and feeds say around the comments. `{...}` is put in by [`with`].

use crate::error::{Error, ErrorCode, Fault, FieldCode};
use crate::sites::settings::Settings;

/// One language's words.
pub struct Words {
    /// BCP 47.
    pub language: &'static str,
    pub comments: &'static str,
    pub one_comment: &'static str,
    pub many_comments: &'static str,
    /// Whether a number takes the singular.
    is_one: fn(i64) -> bool,
    pub comments_on: &'static str,
    pub replies_to: &'static str,
    pub said_on: &'static str,
    pub nobody_yet: &'static str,
    pub anonymous: &'static str,
    pub team: &'static str,
    pub pinned: &'static str,
    pub edited: &'static str,
    pub removed: &'static str,
    pub in_reply_to: &'static str,
    pub to_the_page: &'static str,
    pub to_the_conversation: &'static str,
    pub reply: &'static str,
    pub reply_to: &'static str,
    pub no_reply: &'static str,
    pub write: &'static str,
    pub more_replies: &'static str,
    pub next_page: &'static str,
    pub previous_page: &'static str,
    pub first_page: &'static str,
    pub sort: &'static str,
    pub oldest: &'static str,
    pub newest: &'static str,
    pub best: &'static str,
    pub discussed: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub your_comment: &'static str,
    pub markdown: &'static str,
    pub name: &'static str,
    pub mail: &'static str,
    pub mail_use: &'static str,
    pub website: &'static str,
    pub optional: &'static str,
    pub post: &'static str,
    pub preview: &'static str,
    pub preview_of: &'static str,
    pub posted: &'static str,
    pub waits: &'static str,
    pub voted: &'static str,
    pub take_back: &'static str,
    pub taken_back: &'static str,
    pub press_again: &'static str,
    pub closed: &'static str,
    pub signed_in_only: &'static str,
    pub not_posted: &'static str,
    pub your_text: &'static str,
    pub expired: &'static str,
    pub changed_since: &'static str,
    pub agree_first: &'static str,
    pub wrong_origin: &'static str,
    pub too_many: &'static str,
    pub busy: &'static str,
    pub read_only: &'static str,
    pub gone: &'static str,
    pub own_comment: &'static str,
    pub votes_closed: &'static str,
    pub required: &'static str,
    pub too_short: &'static str,
    pub too_long: &'static str,
    pub too_many_links: &'static str,
    pub too_nested: &'static str,
    pub no_valid_value: &'static str,
    pub forbidden_character: &'static str,
}

impl Words {
    /// The words for a site's pages: its own language, or else the one asked for, or else English.
    pub fn of(settings: &Settings, asked: &[&str]) -> &'static Words {
        let own = (settings.language != "auto").then_some(settings.language.as_str());
        let wanted = own.map_or_else(|| asked.to_vec(), |own| vec![own]);
        let find = |language: &str| ALL.into_iter().find(|words| primary(language) == words.language);
        wanted.into_iter().find_map(find).unwrap_or(&ENGLISH)
    }

    pub fn count(&self, count: i64) -> String {
        let sentence = if (self.is_one)(count) {
            self.one_comment
        } else {
            self.many_comments
        };
        with(sentence, &[("count", &count.to_string())])
    }

    /// What is wrong with one value.
    pub fn fault(&self, fault: &Fault, settings: &Settings) -> String {
        let (least, most) = (
            settings.min_text_length.to_string(),
            settings.max_text_length.to_string(),
        );
        let sentence = match fault.code {
            FieldCode::Required => self.required,
            FieldCode::TooShort => return with(self.too_short, &[("least", &least)]),
            FieldCode::TooLong if fault.pointer == "/text" => return with(self.too_long, &[("most", &most)]),
            FieldCode::TooMany => self.too_many_links,
            FieldCode::TooNested => self.too_nested,
            FieldCode::NotFound => self.gone,
            FieldCode::ForbiddenCharacter => self.forbidden_character,
            _ => self.no_valid_value,
        };
        sentence.to_owned()
    }

    /// Why something was refused.
    pub fn refusal(&self, error: &Error) -> &'static str {
        match error.code() {
            ErrorCode::OriginNotAllowed => self.wrong_origin,
            ErrorCode::RateLimited => self.too_many,
            ErrorCode::ThreadClosed | ErrorCode::ThreadLocked | ErrorCode::SiteSuspended => self.closed,
            ErrorCode::SiteReadOnly => self.read_only,
            ErrorCode::IdempotencyConflict => self.changed_since,
            ErrorCode::OwnComment => self.own_comment,
            ErrorCode::VotesClosed => self.votes_closed,
            ErrorCode::NotFound => self.gone,
            ErrorCode::InvalidInput | ErrorCode::InvalidParameter => self.not_posted,
            _ => self.busy,
        }
    }
}

/// Puts values into a sentence.
pub fn with(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::with_capacity(sentence.len());
    let mut rest = sentence;
    // From left to right, so that a value which looks like a placeholder stays what it is.
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        said.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    said + rest
}

/// `de` of `de-AT`.
fn primary(language: &str) -> String {
    let first = language.split(['-', '_', ';']).next().unwrap_or_default();
    first.trim().to_ascii_lowercase()
}

const ALL: [&Words; 4] = [&ENGLISH, &GERMAN, &FRENCH, &SPANISH];

static ENGLISH: Words = Words {
    language: "en",
    comments: "Comments",
    one_comment: "{count} comment",
    many_comments: "{count} comments",
    is_one: |count| count == 1,
    comments_on: "Comments on {what}",
    replies_to: "Replies to {name} on {what}",
    said_on: "{name} on {what}",
    nobody_yet: "Nobody has commented yet.",
    anonymous: "Anonymous",
    team: "Team",
    pinned: "Pinned",
    edited: "edited",
    removed: "This comment was removed.",
    in_reply_to: "in reply to {name}",
    to_the_page: "Back to the page",
    to_the_conversation: "To the conversation",
    reply: "Reply",
    reply_to: "Reply to {name}",
    no_reply: "Write a comment of your own instead",
    write: "Write a comment",
    more_replies: "More replies",
    next_page: "Next page",
    previous_page: "Previous page",
    first_page: "First page",
    sort: "Order",
    oldest: "Oldest first",
    newest: "Newest first",
    best: "Best first",
    discussed: "Most discussed first",
    up: "Good: {count}",
    down: "Not good: {count}",
    your_comment: "Your comment",
    markdown: "Markdown: *emphasis*, **strong**, > quote, `code`, [link](https://...)",
    name: "Name",
    mail: "Mail address",
    mail_use: "For the site's team only; readers never see it.",
    website: "Website",
    optional: "(optional)",
    post: "Post",
    preview: "Preview",
    preview_of: "Preview",
    posted: "Your comment is published.",
    waits: "Thank you. Your comment is stored and waits for approval.",
    voted: "Your vote is counted.",
    take_back: "Take it back",
    taken_back: "Your vote is taken back.",
    press_again: "This page was open for too long. Press the button again.",
    closed: "New comments are not taken here any more.",
    signed_in_only: "On this site people write who are signed in there; their browsers need scripts for it.",
    not_posted: "Not posted yet: something needs another value.",
    your_text: "Your text, so that it is not lost:",
    expired: "This form was open for too long. Your text is still here: send it again.",
    changed_since: "This form was sent before, with another text. Your text is still here: send it again to post it, too.",
    agree_first: "Tick the box to agree.",
    wrong_origin: "Your browser did not say that you came from this site. Open the conversation itself and write there; \
                   if you came from it, let your browser send the Origin or the Referer header to it.",
    too_many: "That was quick. Wait a little, then send it again.",
    busy: "The service is busy. Wait a little, then send it again.",
    read_only: "This site takes no comments at the moment.",
    gone: "The comment you answer is not here any more.",
    own_comment: "Nobody votes on his own comment.",
    votes_closed: "This site does not take that vote.",
    required: "This is needed.",
    too_short: "At least {least} characters are needed.",
    too_long: "At most {most} characters are taken.",
    too_many_links: "There are too many links.",
    too_nested: "Quotes and lists are nested too deeply.",
    no_valid_value: "This is not taken as it is.",
    forbidden_character: "There is a character that cannot be stored.",
};

static GERMAN: Words = Words {
    language: "de",
    comments: "Kommentare",
    one_comment: "{count} Kommentar",
    many_comments: "{count} Kommentare",
    is_one: |count| count == 1,
    comments_on: "Kommentare zu {what}",
    replies_to: "Antworten an {name} zu {what}",
    said_on: "{name} zu {what}",
    nobody_yet: "Noch hat niemand kommentiert.",
    anonymous: "Anonym",
    team: "Team",
    pinned: "Angeheftet",
    edited: "bearbeitet",
    removed: "Dieser Kommentar wurde entfernt.",
    in_reply_to: "als Antwort an {name}",
    to_the_page: "Zurück zur Seite",
    to_the_conversation: "Zum Gespräch",
    reply: "Antworten",
    reply_to: "Antwort an {name}",
    no_reply: "Stattdessen einen eigenen Kommentar schreiben",
    write: "Kommentar schreiben",
    more_replies: "Weitere Antworten",
    next_page: "Nächste Seite",
    previous_page: "Vorige Seite",
    first_page: "Erste Seite",
    sort: "Reihenfolge",
    oldest: "Älteste zuerst",
    newest: "Neueste zuerst",
    best: "Beste zuerst",
    discussed: "Meistdiskutierte zuerst",
    up: "Gut: {count}",
    down: "Nicht gut: {count}",
    your_comment: "Ihr Kommentar",
    markdown: "Markdown: *betont*, **stark**, > Zitat, `Code`, [Link](https://...)",
    name: "Name",
    mail: "E-Mail-Adresse",
    mail_use: "Nur für das Team der Website; Leser sehen sie nie.",
    website: "Website",
    optional: "(freiwillig)",
    post: "Absenden",
    preview: "Vorschau",
    preview_of: "Vorschau",
    posted: "Ihr Kommentar ist veröffentlicht.",
    waits: "Danke. Ihr Kommentar ist gespeichert und wartet auf Freigabe.",
    voted: "Ihre Stimme ist gezählt.",
    take_back: "Zurücknehmen",
    taken_back: "Ihre Stimme ist zurückgenommen.",
    press_again: "Diese Seite war zu lange offen. Drücken Sie noch einmal.",
    closed: "Hier werden keine neuen Kommentare mehr angenommen.",
    signed_in_only: "Auf dieser Website schreibt, wer dort angemeldet ist; der Browser braucht dafür Skripte.",
    not_posted: "Noch nicht abgesendet: Etwas braucht einen anderen Wert.",
    your_text: "Ihr Text, damit er nicht verloren geht:",
    expired: "Das Formular war zu lange offen. Ihr Text ist noch da: Senden Sie ihn noch einmal ab.",
    changed_since: "Dieses Formular wurde schon mit einem anderen Text gesendet. Ihr Text ist noch da: Senden Sie ihn noch einmal ab, \
                    um auch ihn zu veröffentlichen.",
    agree_first: "Stimmen Sie zu, indem Sie das Kästchen ankreuzen.",
    wrong_origin: "Ihr Browser hat nicht gesagt, dass Sie von dieser Website kommen. Öffnen Sie das Gespräch selbst und schreiben Sie \
                   dort; wenn Sie von dort kommen, lassen Sie Ihren Browser den Origin- oder Referer-Header dorthin senden.",
    too_many: "Das ging schnell. Warten Sie ein wenig und senden Sie dann noch einmal ab.",
    busy: "Der Dienst ist beschäftigt. Warten Sie ein wenig und senden Sie dann noch einmal ab.",
    read_only: "Diese Website nimmt zurzeit keine Kommentare an.",
    gone: "Der Kommentar, auf den Sie antworten, ist nicht mehr da.",
    own_comment: "Niemand stimmt über seinen eigenen Kommentar ab.",
    votes_closed: "Diese Website nimmt diese Stimme nicht an.",
    required: "Das wird gebraucht.",
    too_short: "Mindestens {least} Zeichen werden gebraucht.",
    too_long: "Höchstens {most} Zeichen werden angenommen.",
    too_many_links: "Es sind zu viele Links.",
    too_nested: "Zitate und Listen sind zu tief verschachtelt.",
    no_valid_value: "So wird das nicht angenommen.",
    forbidden_character: "Ein Zeichen kann nicht gespeichert werden.",
};

static FRENCH: Words = Words {
    language: "fr",
    comments: "Commentaires",
    one_comment: "{count} commentaire",
    many_comments: "{count} commentaires",
    is_one: |count| count < 2,
    comments_on: "Commentaires sur {what}",
    replies_to: "Réponses à {name} sur {what}",
    said_on: "{name} sur {what}",
    nobody_yet: "Personne n’a encore commenté.",
    anonymous: "Anonyme",
    team: "Équipe",
    pinned: "Épinglé",
    edited: "modifié",
    removed: "Ce commentaire a été retiré.",
    in_reply_to: "en réponse à {name}",
    to_the_page: "Retour à la page",
    to_the_conversation: "Vers la conversation",
    reply: "Répondre",
    reply_to: "Réponse à {name}",
    no_reply: "Écrire plutôt un nouveau commentaire",
    write: "Écrire un commentaire",
    more_replies: "Plus de réponses",
    next_page: "Page suivante",
    previous_page: "Page précédente",
    first_page: "Première page",
    sort: "Ordre",
    oldest: "Les plus anciens d’abord",
    newest: "Les plus récents d’abord",
    best: "Les meilleurs d’abord",
    discussed: "Les plus discutés d’abord",
    up: "Bien : {count}",
    down: "Pas bien : {count}",
    your_comment: "Votre commentaire",
    markdown: "Markdown : *accent*, **fort**, > citation, `code`, [lien](https://...)",
    name: "Nom",
    mail: "Adresse e-mail",
    mail_use: "Pour l’équipe du site seulement ; les lecteurs ne la voient jamais.",
    website: "Site web",
    optional: "(facultatif)",
    post: "Publier",
    preview: "Aperçu",
    preview_of: "Aperçu",
    posted: "Votre commentaire est publié.",
    waits: "Merci. Votre commentaire est enregistré et attend d’être approuvé.",
    voted: "Votre vote est compté.",
    take_back: "Le reprendre",
    taken_back: "Votre vote est repris.",
    press_again: "Cette page est restée ouverte trop longtemps. Appuyez de nouveau.",
    closed: "De nouveaux commentaires ne sont plus acceptés ici.",
    signed_in_only: "Sur ce site écrivent les personnes qui y sont connectées ; leur navigateur a besoin de scripts pour cela.",
    not_posted: "Pas encore publié : quelque chose est à corriger.",
    your_text: "Votre texte, pour qu’il ne soit pas perdu :",
    expired: "Ce formulaire est resté ouvert trop longtemps. Votre texte est toujours là : envoyez-le de nouveau.",
    changed_since: "Ce formulaire a déjà été envoyé avec un autre texte. Votre texte est toujours là : envoyez-le de nouveau pour le \
                    publier aussi.",
    agree_first: "Cochez la case pour donner votre accord.",
    wrong_origin: "Votre navigateur n’a pas dit que vous venez de ce site. Ouvrez la conversation elle-même et écrivez-y ; si vous en \
                   venez, laissez votre navigateur lui envoyer l’en-tête Origin ou Referer.",
    too_many: "C’était rapide. Attendez un peu, puis envoyez de nouveau.",
    busy: "Le service est occupé. Attendez un peu, puis envoyez de nouveau.",
    read_only: "Ce site n’accepte pas de commentaires pour le moment.",
    gone: "Le commentaire auquel vous répondez n’est plus là.",
    own_comment: "Personne ne vote pour son propre commentaire.",
    votes_closed: "Ce site n’accepte pas ce vote.",
    required: "Ceci est nécessaire.",
    too_short: "Il faut au moins {least} caractères.",
    too_long: "{most} caractères au plus sont acceptés.",
    too_many_links: "Il y a trop de liens.",
    too_nested: "Les citations et les listes sont trop imbriquées.",
    no_valid_value: "Ceci n’est pas accepté tel quel.",
    forbidden_character: "Un caractère ne peut pas être enregistré.",
};

static SPANISH: Words = Words {
    language: "es",
    comments: "Comentarios",
    one_comment: "{count} comentario",
    many_comments: "{count} comentarios",
    is_one: |count| count == 1,
    comments_on: "Comentarios sobre {what}",
    replies_to: "Respuestas a {name} sobre {what}",
    said_on: "{name} sobre {what}",
    nobody_yet: "Todavía no hay comentarios.",
    anonymous: "Anónimo",
    team: "Equipo",
    pinned: "Fijado",
    edited: "editado",
    removed: "Este comentario fue retirado.",
    in_reply_to: "en respuesta a {name}",
    to_the_page: "Volver a la página",
    to_the_conversation: "A la conversación",
    reply: "Responder",
    reply_to: "Respuesta a {name}",
    no_reply: "Escribir en cambio un comentario propio",
    write: "Escribir un comentario",
    more_replies: "Más respuestas",
    next_page: "Página siguiente",
    previous_page: "Página anterior",
    first_page: "Primera página",
    sort: "Orden",
    oldest: "Más antiguos primero",
    newest: "Más recientes primero",
    best: "Mejores primero",
    discussed: "Más discutidos primero",
    up: "Bien: {count}",
    down: "Mal: {count}",
    your_comment: "Su comentario",
    markdown: "Markdown: *énfasis*, **fuerte**, > cita, `código`, [enlace](https://...)",
    name: "Nombre",
    mail: "Correo electrónico",
    mail_use: "Solo para el equipo del sitio; los lectores nunca lo ven.",
    website: "Sitio web",
    optional: "(opcional)",
    post: "Publicar",
    preview: "Vista previa",
    preview_of: "Vista previa",
    posted: "Su comentario está publicado.",
    waits: "Gracias. Su comentario está guardado y espera aprobación.",
    voted: "Su voto está contado.",
    take_back: "Retirarlo",
    taken_back: "Su voto está retirado.",
    press_again: "Esta página estuvo abierta demasiado tiempo. Pulse de nuevo.",
    closed: "Aquí ya no se aceptan comentarios nuevos.",
    signed_in_only: "En este sitio escribe quien ha iniciado sesión en él; el navegador necesita scripts para ello.",
    not_posted: "Todavía no se ha publicado: hay algo que corregir.",
    your_text: "Su texto, para que no se pierda:",
    expired: "Este formulario estuvo abierto demasiado tiempo. Su texto sigue aquí: envíelo de nuevo.",
    changed_since: "Este formulario ya se envió con otro texto. Su texto sigue aquí: envíelo de nuevo para publicarlo también.",
    agree_first: "Marque la casilla para dar su acuerdo.",
    wrong_origin: "Su navegador no dijo que usted viene de este sitio. Abra la conversación misma y escriba allí; si viene de ella, deje \
                   que su navegador le envíe la cabecera Origin o Referer.",
    too_many: "Eso fue rápido. Espere un poco y envíe de nuevo.",
    busy: "El servicio está ocupado. Espere un poco y envíe de nuevo.",
    read_only: "Este sitio no acepta comentarios por el momento.",
    gone: "El comentario al que responde ya no está.",
    own_comment: "Nadie vota su propio comentario.",
    votes_closed: "Este sitio no acepta ese voto.",
    required: "Esto es necesario.",
    too_short: "Se necesitan al menos {least} caracteres.",
    too_long: "Se aceptan como máximo {most} caracteres.",
    too_many_links: "Hay demasiados enlaces.",
    too_nested: "Las citas y listas están demasiado anidadas.",
    no_valid_value: "Esto no se acepta así.",
    forbidden_character: "Hay un carácter que no se puede guardar.",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn language(own: &str, asked: &[&str]) -> &'static str {
        let settings = Settings {
            language: own.to_owned(),
            ..Settings::default()
        };
        Words::of(&settings, asked).language
    }

    #[test]
    fn the_site_chooses_then_the_reader() {
        assert_eq!(language("de", &["fr"]), "de");
        assert_eq!(language("auto", &["tlh", "fr-CA;q=0.8", "de"]), "fr");
        assert_eq!(language("auto", &[]), "en");
        assert_eq!(
            language("pt-BR", &["de"]),
            "en",
            "there are no words in the site's language"
        );
    }

    #[test]
    fn a_value_is_not_taken_for_a_placeholder() {
        let said = with("{name} on {what}", &[("name", "{what}"), ("what", "a { page")]);
        assert_eq!(said, "{what} on a { page");
    }

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(ENGLISH.count(0), "0 comments");
        assert_eq!(ENGLISH.count(1), "1 comment");
        assert_eq!(FRENCH.count(0), "0 commentaire");
    }
}
