import type { Words } from './words';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('de')} ${n === 1 ? one : many}`;
const did = (what: string) => (n: number) =>
  n === 1 ? `Kommentar ${what}` : `${count(n, 'Kommentar', 'Kommentare')} ${what}`;

export const de: Words = {
  app: {
    skip: 'Zum Inhalt springen',
    loading: 'Wird geladen…',
    tryAgain: 'Noch einmal versuchen',
    cancel: 'Abbrechen',
    close: 'Schließen',
    saved: 'Gespeichert',
    home: 'Parlour, zu den Kommentaren',
    toStart: 'Zurück zum Anfang',
    language: 'Anzeigesprache',
    navigation: 'Hauptnavigation',
    openNavigation: 'Navigation öffnen',
    closeNavigation: 'Navigation schließen',
    scheme: { label: 'Darstellung', light: 'Hell', dark: 'Dunkel', auto: 'Wie das System' },
    copied: 'Kopiert',
    copyByHand: 'Für Sie markiert: Strg+C oder ⌘C drücken',
    requestId: (id) => `Anfrage ${id}`,
    retryIn: (seconds) => `Versuchen Sie es in ${count(seconds, 'Sekunde', 'Sekunden')} noch einmal.`,
    apiReference: 'API-Referenz',
  },

  problems: {
    malformed_request: {
      title: 'Der Server hat das nicht verstanden',
      hint: 'Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.',
    },
    invalid_parameter: {
      title: 'Diese Adresse enthält etwas, das keinen Sinn ergibt',
      hint: 'Prüfen Sie den Link, oder beginnen Sie von vorn.',
    },
    unauthenticated: { title: 'Sie sind nicht angemeldet', hint: 'Bitte melden Sie sich noch einmal an.' },
    wrong_credentials: {
      title: 'E-Mail-Adresse und Passwort passen nicht zusammen',
      hint: 'Prüfen Sie beides und versuchen Sie es noch einmal.',
    },
    session_ended: { title: 'Ihre Sitzung ist beendet', hint: 'Bitte melden Sie sich noch einmal an.' },
    not_permitted: {
      title: 'Ihre Rolle erlaubt das nicht',
      hint: 'Jemand mit der Rolle Inhaber oder Admin kann es tun oder Ihnen die Rolle geben.',
    },
    origin_not_allowed: {
      title: 'Diese Seite darf nicht mit Parlour sprechen',
      hint: 'Öffnen Sie die Verwaltung unter der Adresse, die der Server beim Start nennt.',
    },
    sign_up_closed: {
      title: 'Hier kann man sich nicht registrieren',
      hint: 'Bitten Sie den Betreiber dieses Servers um ein Konto.',
    },
    link_void: {
      title: 'Dieser Link gilt nicht mehr',
      hint: 'Links aus E-Mails gelten einmal und eine Woche lang. Hier geht es auch.',
    },
    setup_closed: {
      title: 'Dieser Einrichtungslink gilt nicht mehr',
      hint:
        'Er gilt einmal und für begrenzte Zeit. Ein Neustart des Servers gibt einen neuen; haben Sie schon ' +
        'ein Konto, melden Sie sich an.',
    },
    thread_closed: { title: 'Dieses Gespräch ist geschlossen', hint: 'Es kann nichts mehr hinzukommen.' },
    not_author: {
      title: 'Nicht vom Verfasser',
      hint: 'Nur der Browser, der den Kommentar geschrieben hat, kann ihn ändern.',
    },
    edit_window_over: { title: 'Zu spät für Änderungen', hint: 'Die Frist der Website für Änderungen ist vorbei.' },
    thread_locked: {
      title: 'Dieses Gespräch ist gesperrt',
      hint: 'Heben Sie die Sperre auf, um Änderungen zuzulassen.',
    },
    site_read_only: {
      title: 'Die Website ist nur lesbar',
      hint: 'Schalten Sie das in ihren Einstellungen unter „Schließen“ aus.',
    },
    own_comment: { title: 'Eigener Kommentar', hint: 'Niemand stimmt über seinen eigenen Kommentar ab.' },
    votes_closed: {
      title: 'Abstimmen ist aus',
      hint: 'Die Einstellungen der Website lassen diese Stimme nicht zu.',
    },
    restore_over: {
      title: 'Zu spät zum Zurückholen',
      hint: 'Verfasser können nur die eigene Löschung und nur eine Weile rückgängig machen.',
    },
    not_found: { title: 'Hier ist es nicht', hint: 'Es wurde entfernt, oder der Link gehört zu einem anderen Konto.' },
    method_not_allowed: {
      title: 'Der Server kennt diese Aktion nicht',
      hint: 'Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.',
    },
    state_changed: {
      title: 'Jemand war schneller',
      hint: 'Das hat sich inzwischen geändert. Was Sie jetzt sehen, ist der neue Stand.',
    },
    already_exists: { title: 'Das gibt es schon', hint: 'Es ist nichts weiter zu tun.' },
    idempotency_conflict: {
      title: 'Das kam zweimal mit verschiedenem Inhalt',
      hint: 'Bitte laden Sie die Seite neu.',
    },
    payload_too_large: { title: 'Das ist zu viel auf einmal', hint: 'Bitte kürzen Sie es.' },
    uri_too_long: { title: 'Diese Suche ist zu lang', hint: 'Bitte kürzen Sie sie.' },
    unsupported_media_type: {
      title: 'Der Server hat das nicht verstanden',
      hint: 'Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.',
    },
    invalid_input: { title: 'Etwas braucht noch einen zweiten Blick', hint: 'Die Felder unten sagen, was.' },
    rate_limited: { title: 'Das war viel in kurzer Zeit', hint: 'Bitte warten Sie einen Augenblick.' },
    headers_too_large: {
      title: 'Der Browser hat zu viel gesendet',
      hint: 'Es hilft, die Cookies dieser Website zu löschen.',
    },
    internal: {
      title: 'Auf dem Server ist etwas schiefgegangen',
      hint: 'Es steht im Protokoll. Bitte versuchen Sie es noch einmal.',
    },
    unavailable: { title: 'Der Server holt gerade Luft', hint: 'Bitte versuchen Sie es gleich noch einmal.' },
    unreachable: {
      title: 'Der Server ist nicht zu erreichen',
      hint: 'Sind Sie verbunden? Dann startet er vielleicht gerade neu.',
    },
  },
  fields: {
    required: 'Bitte füllen Sie das aus.',
    too_short: 'Das ist zu kurz.',
    too_long: 'Das ist zu lang.',
    too_many: 'Das sind zu viele.',
    invalid: 'Das sieht nicht richtig aus.',
    unknown_field: 'Der Server kennt dieses Feld nicht. Bitte laden Sie die Seite neu.',
    wrong_type: 'Das sieht nicht richtig aus.',
    forbidden_character: 'Das enthält ein Zeichen, das nicht erlaubt ist.',
    too_nested: 'Das ist zu tief verschachtelt.',
    not_found: 'Das gibt es nicht mehr.',
    too_common: 'Das benutzen zu viele. Bitte wählen Sie etwas anderes.',
    out_of_range: 'Das liegt außerhalb der Grenzen.',
  },

  roles: { owner: 'Inhaber', admin: 'Admin', moderator: 'Moderator' },

  account: {
    email: 'E-Mail-Adresse',
    emailHint: 'Damit melden Sie sich an. Niemand sonst sieht sie.',
    name: 'Ihr Name',
    nameHint: 'Steht bei Ihren Antworten.',
    password: 'Passwort',
    passwordRule:
      '8 bis 128 Zeichen. Ein paar Wörter, die nichts miteinander zu tun haben, sind besser als ein kompliziertes.',
    showPassword: 'Passwort zeigen',
    strength: 'Stärke des Passworts',
    strengths: { short: 'Zu kurz', weak: 'Schwach', fair: 'Brauchbar', strong: 'Stark' },
    menu: (name) => `Konto: ${name}`,
    operator: 'Betreiber',
    signOut: 'Abmelden',
  },

  signIn: {
    title: 'Anmelden',
    lead: 'Willkommen zurück. Die Gespräche haben gewartet.',
    submit: 'Anmelden',
    toSignUp: 'Konto anlegen',
    noAccount: 'Noch kein Konto?',
    notSetUp: 'Hier gibt es noch kein Konto',
    notSetUpHint: 'Öffnen Sie den Einrichtungslink, den der Server beim Start nennt. Er endet auf /admin/setup#token=…',
  },
  signUp: {
    title: 'Konto anlegen',
    lead: 'Ein Konto für alle Websites, um die Sie sich kümmern.',
    submit: 'Konto anlegen',
    toSignIn: 'Stattdessen anmelden',
    hasAccount: 'Schon ein Konto?',
    maybeKnown: 'Fast geschafft',
    maybeKnownHint: 'Vielleicht gibt es zu dieser Adresse schon ein Konto. Melden Sie sich mit seinem Passwort an.',
  },
  setup: {
    title: 'Willkommen bei Parlour',
    lead: 'Decken wir den Tisch. Zuerst das Konto, das sich um diesen Server kümmert.',
    submit: 'Konto anlegen',
    noToken: 'Dieser Link ist unvollständig',
    noTokenHint: 'Der Einrichtungslink endet auf #token=… und wird beim Start genannt. Bitte kopieren Sie ihn ganz.',
    steps: { account: 'Konto', tenant: 'Mandant', site: 'Website', installation: 'Einbau' },
    step: (number, of) => `Schritt ${number} von ${of}`,
  },

  tenant: {
    switch: (name) => `Mandant: ${name}`,
    yours: 'Ihre Mandanten',
    create: 'Weiteren Mandanten anlegen',
    createTitle: 'Mandanten anlegen',
    createLead: 'Ein Mandant umfasst Ihre Websites und die Menschen, die sich darum kümmern. Meistens genügt einer.',
    firstName: (name) => `Websites von ${name}`,
    name: 'Name des Mandanten',
    nameHint: 'Ihr eigener Name, eine Firma, ein Verein. Die Leser sehen ihn nicht.',
    submit: 'Mandanten anlegen',
    settings: 'Mandant',
    settingsLead: 'Wie diese Gruppe von Websites heißt.',
  },

  sites: {
    title: 'Websites',
    lead: 'Alle Orte, an denen Parlour Gespräche zeigt.',
    create: 'Neue Website',
    none: 'Noch keine Website',
    noneHint: 'Ein Blog, eine Dokumentation, ein Laden: alles, was Kommentare bekommen soll.',
    noneModerator: 'Jemand mit der Rolle Inhaber oder Admin kann eine anlegen.',
    comments: (n) => count(n, 'Kommentar', 'Kommentare'),
    pending: (n) => `${n.toLocaleString('de')} warten`,
    openQueue: (n, site) =>
      n === 1 ? `1 Kommentar wartet auf ${site}` : `${count(n, 'Kommentar', 'Kommentare')} warten auf ${site}`,
    neverSeen: 'Noch nicht gesehen',
    lastSeen: 'Zuletzt gesehen',
  },

  siteForm: {
    title: 'Eine neue Website',
    lead: 'Drei Antworten, und Sie haben ein Snippet zum Einfügen.',
    name: 'Name der Website',
    nameHint: 'Damit Sie sie in der Warteschlange erkennen.',
    moderation: 'Moderation',
    submit: 'Website anlegen',
  },
  moderation: {
    all: {
      label: 'Erst alles freigeben',
      hint: 'Kein Kommentar erscheint, bevor Sie ihn freigeben. Ein ruhiger Anfang.',
    },
    links: {
      label: 'Zurückhalten, was Links hat',
      hint: 'Kommentare mit Links warten auf Sie; alle anderen erscheinen sofort.',
    },
    none: {
      label: 'Sofort zeigen',
      hint: 'Kommentare erscheinen, wie sie kommen. Entfernen können Sie sie später immer noch.',
    },
  },

  origins: {
    label: 'Origins',
    hint:
      'Woher Ihre Seiten kommen: schema://host, mit :port, wenn es einen gibt, und ohne Pfad. Zum ' +
      'Ausprobieren zu Hause nehmen Sie http://localhost:1313 oder http://127.0.0.1:8000.',
    placeholder: 'https://blog.example',
    wildcard: 'https://*.blog.example steht für alle Subdomains.',
    remove: (origin) => `${origin} entfernen`,
    cut: (from, to) => `„${from}“ wurde auf ${to} gekürzt: Ein Origin hat keinen Pfad.`,
    completed: (from, to) => `„${from}“ wurde zu ${to}.`,
    invalid: (text) => `„${text}“ ist kein Origin. Er sieht aus wie https://blog.example.`,
    none: 'Nennen Sie mindestens einen Origin.',
  },
  list: {
    remove: (entry) => `${entry} entfernen`,
    twice: (entry) => `${entry} steht schon in der Liste.`,
    full: (n) => `Die Liste ist voll: höchstens ${n}.`,
    most: (n) => `Höchstens ${n}.`,
    became: (from, to) => `„${from}“ wurde zu ${to}.`,
    faulty: (entry, fault) => `„${entry}“: ${fault}`,
  },

  site: {
    tabs: {
      installation: 'Einbau',
      settings: 'Einstellungen',
      origins: 'Origins',
      signingKey: 'Signaturschlüssel',
    },
    tabsLabel: 'Teile dieser Website',
    toComments: 'Ihre Kommentare',
  },
  installation: {
    title: 'In Ihre Seiten einbauen',
    paste: 'Fügen Sie diese beiden Zeilen dort ein, wo die Kommentare erscheinen sollen:',
    snippet: 'Snippet',
    copy: 'Snippet kopieren',
    everyPage:
      'Bei einem Generator für statische Seiten ist die Vorlage eines Beitrags der Ort. Jede Seite bekommt ' +
      'nach ihrer Adresse ein eigenes Gespräch.',
    liveTitle: 'Wurde es gesehen?',
    liveLead: 'Diese Liste schaut alle zwei Sekunden selbst nach. Öffnen Sie eine Ihrer Seiten und sehen Sie zu.',
    waiting: (origin) => `Wartet auf den ersten Aufruf von ${origin}…`,
    waitingWildcard: (origin) => `Wartet auf den ersten Aufruf von irgendeiner Subdomain: ${origin}…`,
    seen: (origin) => `Gesehen auf ${origin}`,
    lastSeen: 'zuletzt',
    refusedTitle: 'Abgewiesen',
    refusedLead:
      'Diese Seiten haben das Snippet, stehen aber nicht unter den Origins dieser Website. Ist eine davon ' +
      'Ihre, erlauben Sie sie.',
    refused: (n) => `${n.toLocaleString('de')}-mal abgewiesen`,
    allow: 'Diesen Origin erlauben',
    allowed: (origin) => `${origin} ist jetzt erlaubt. Laden Sie dort die Seite neu.`,
    done: 'Es funktioniert. Jetzt können Leser mitreden.',
    toQueue: 'Zur Warteschlange',
  },
  settings: {
    readOnly: 'Nur Inhaber und Admins können das ändern.',
    contents: 'Teile der Einstellungen',
    unsaved: 'Änderungen, die noch nicht gespeichert sind',
    faulty: (n) => (n === 1 ? 'Ein Feld braucht noch einen Blick' : `${n} Felder brauchen noch einen Blick`),
    submit: 'Änderungen speichern',
    reset: 'Änderungen verwerfen',
    leaveTitle: 'Gehen, ohne zu speichern?',
    leaveText: 'Ihre Änderungen auf dieser Seite gingen verloren.',
    stay: 'Hier bleiben',
    leave: 'Ohne Speichern gehen',
    range: (min, max) => `Von ${min.toLocaleString('de')} bis ${max.toLocaleString('de')}.`,
    groups: {
      general: 'Allgemein',
      moderation: 'Moderation',
      writing: 'Schreiben',
      markup: 'Formatierung und Bilder',
      reading: 'Lesen',
      votes: 'Stimmen und Reaktionen',
      closing: 'Schließen',
      opening: 'Wer Gespräche eröffnen darf',
      addresses: 'Adressen der Seiten',
      privacy: 'Datenschutz',
    },

    name: 'Name der Website',
    nameHint: 'Steht in der Warteschlange.',
    language: 'Sprache',
    languageHint: 'Der Knöpfe und Meldungen bei den Kommentaren. Tippen Sie, um zu suchen.',
    languageAuto: 'Wie die Seite oder der Browser',
    languageNone: 'Diese Sprache gibt es noch nicht',

    shown: 'Wann Kommentare erscheinen',
    linksToHold: 'Links, ab denen ein Kommentar wartet',
    linksToHoldHint: 'Ein Kommentar mit so vielen Links oder mehr wird zurückgehalten.',
    reports: 'Leser können Kommentare melden',
    reportsHint:
      'Mit einem Grund und, wenn sie wollen, in eigenen Worten. Sie finden sie in der Warteschlange unter „Gemeldet“.',
    reportsToHold: 'Meldungen, die einen Kommentar von der Seite nehmen',
    reportsToHoldHint:
      'Haben so viele verschiedene Leser ihn gemeldet, wartet ein Kommentar wieder auf Sie. 0 für nie.',
    reportsToHoldMeans: (n) =>
      n === 0
        ? 'Gemeldete Kommentare bleiben stehen, bis Sie entscheiden.'
        : `Zurückgehalten nach ${count(n, 'Meldung', 'Meldungen')}.`,

    requireName: 'Nach einem Namen fragen',
    requireNameHint: 'Kommentare ohne Namen werden abgelehnt.',
    requireEmail: 'Nach einer E-Mail-Adresse fragen',
    requireEmailHint: 'Sie wird nie gezeigt und nie an Leser ausgeliefert.',
    minLength: 'Kürzester Kommentar',
    minLengthHint: 'Zeichen.',
    minAboveMax: 'Das ist länger als der längste Kommentar.',
    maxLength: 'Längster Kommentar',
    maxLengthHint: 'Zeichen.',
    editMinutes: 'Minuten zum Überdenken',
    editMinutesHint:
      'So lange können Verfasser ändern und löschen, was sie geschrieben haben, in dem Browser, in dem sie es ' +
      'geschrieben haben. Ein geänderter Kommentar wird noch einmal ganz geprüft. 0 für nie.',
    editMeans: (time) => `Änderungen sind möglich für: ${time}.`,
    editNever: 'Verfasser können ihre Kommentare nicht ändern. Sie können es jederzeit.',
    notice: 'Hinweis unter dem Formular',
    noticeHint: 'Hausregeln, ein Willkommen. Einfacher Text, höchstens 500 Zeichen; leer für keinen.',
    consent: 'Kästchen vor dem Absenden',
    consentHint: 'Der Satz daneben. Ohne Haken wird nichts abgeschickt. Höchstens 500 Zeichen; leer für kein Kästchen.',
    consentPlaceholder: 'Ich habe die Datenschutzerklärung gelesen.',

    markupLead:
      'Kommentare werden in Markdown geschrieben. Skripte, Stile, Rahmen und Formulare kommen nie durch, was Sie ' +
      'hier auch wählen. Eine Änderung gilt auch für die Kommentare, die es schon gibt.',
    images: 'Bilder in Kommentaren zeigen',
    imagesHint: 'Sonst wird aus einem Bild ein Link darauf.',
    imagesPrivacy: 'Bilder verraten anderen Servern, wer liest',
    imagesPrivacyHint:
      'Ein Bild wird von dort geladen, wohin sein Verfasser zeigt. Der Server dort erfährt von jedem Leser die ' +
      'IP-Adresse und den Browser, und wann er liest; die Adresse Ihrer Seite wird nicht mitgeschickt. Vielleicht ' +
      'muss Ihre Datenschutzerklärung das sagen.',
    elements: 'Elemente, die bleiben',
    elementsHint:
      'Leer für alles, was sicher ist. Was Sie weglassen, verliert seine Formatierung, der Text bleibt. Mit dem ' +
      'ersten kommen Absätze (p) und Zeilenumbrüche (br).',
    elementsAll: 'Alles, was sicher ist',
    elementsNone: 'So ein Element ist nicht dabei',
    elementsClear: 'Alles behalten, was sicher ist',
    elementGroups: {
      text: 'Im Text',
      links: 'Links',
      blocks: 'Absätze und Zitate',
      headings: 'Überschriften',
      lists: 'Listen',
      code: 'Code',
      tables: 'Tabellen',
    },

    sort: 'Reihenfolge der Kommentare',
    sortHint:
      'Was Leser zuerst sehen; sie können eine andere wählen. Antworten bleiben unter dem, worauf sie antworten.',
    bestWithoutVotes: 'Ohne Stimmen gibt es keine besten: Die Kommentare stehen, wie sie kamen.',
    maxDepth: 'Stufen der Einrückung',
    maxDepthHint:
      'Antworten unterhalb der letzten Stufe stehen untereinander und sagen weiterhin, wem sie antworten. 0 für keine.',
    maxDepthMeans: (n) =>
      n === 0 ? 'Eine flache Liste.' : `Antworten rücken bis zu ${count(n, 'Stufe', 'Stufen')} ein.`,
    live: 'Offene Seiten erfahren sofort von neuen Kommentaren',
    liveHint:
      'Eine Zeile sagt, wie viele neu sind; unter den Augen des Lesers bewegt sich nichts. Aus: Offene Seiten fragen ' +
      'alle 30 Sekunden nach.',

    votes: 'Stimmen zu Kommentaren',
    reactions: 'Reaktionen auf eine Seite',
    reactionsHint: (n) =>
      `Bis zu ${n} Emoji, die Leser über den Kommentaren drücken können. Keine für keine Reaktionen.`,
    reactionInvalid: (text) => `„${text}“ ist kein Emoji.`,
    reactionSuggestions: 'Vorschläge',
    reactionPreview: 'Das sehen die Leser:',

    closeAfter: 'Tage, bis ein Gespräch schließt',
    closeAfterHint:
      'Gezählt ab seinem ersten Kommentar. Dann sehen Leser eine Zeile anstelle des Formulars; was gesagt ist, ' +
      'bleibt, kann Stimmen bekommen und geändert werden, und das Team kann noch antworten. 0 für nie.',
    closeAfterMeans: (n) =>
      n === 0 ? 'Gespräche bleiben offen.' : `Geschlossen ${count(n, 'Tag', 'Tage')} nach dem ersten Kommentar.`,
    siteReadOnly: 'Website nur lesbar',
    siteReadOnlyHint:
      'Leser sehen alle Gespräche und können nichts hinzufügen oder ändern, und auch das Team kann nicht antworten. ' +
      'Für einen Umzug, einen Urlaub, ein Archiv.',
    siteReadOnlyOn: 'Auf dieser Website kann niemand schreiben',
    siteReadOnlyOnHint:
      'Anstelle des Formulars sehen Leser, dass die Kommentare geschlossen sind. Keine Stimmen, Reaktionen, ' +
      'Änderungen oder Löschungen durch Verfasser; freigeben, ablehnen und löschen können Sie weiterhin. Es endet, ' +
      'sobald Sie es ausschalten.',

    openingLead:
      'Eine Seite bekommt ihr Gespräch mit dem ersten Kommentar. Ein Kommentar auf einer Seite, die Ihre Regel nicht ' +
      'erfasst, geht nicht verloren: Er wartet auf Sie, mit diesem Grund.',
    threadsOpen: 'Gespräche eröffnen darf',
    patterns: 'Muster',
    patternsHint: 'Adressen von Seiten, mit * für Beliebiges, etwa https://blog.example/posts/*.',
    patternsUnused: 'Nicht in Gebrauch, solange eine andere Regel gewählt ist.',
    patternsNone: 'Ohne Muster wartet jedes neue Gespräch auf Sie. Nennen Sie mindestens eines.',
    patternInvalid: (text) => `„${text}“ ist kein Muster. Es beginnt mit https:// oder mit *, ohne Leerzeichen.`,
    signedHint: 'Ihre Seiten tragen eine Signatur, die beim Bauen entsteht.',
    toSigningKey: 'Zum Signaturschlüssel mit Beispielen',

    addressesLead:
      'Was sich nur hierin unterscheidet, ist eine Seite mit einem Gespräch. Nie gezählt werden Groß- und ' +
      'Kleinschreibung des Hosts, der Teil nach # und die Parameter von Kampagnen wie utm_source, fbclid und gclid.',
    ignoredParameters: 'Weitere Parameter, die nicht zählen',
    ignoredParametersHint: 'Namen wie ref oder Anfänge von Namen mit einem Stern wie hsa_*.',
    parameterInvalid: (text) => `„${text}“ ist kein Name eines Parameters. Er sieht aus wie ref oder hsa_*.`,
    languagePrefixes: 'Sprachen im Pfad',
    languagePrefixesHint: 'Mit en und de teilen sich die Seiten /en/post, /de/post und /post ein Gespräch.',
    prefixInvalid: (text) => `„${text}“ ist nicht der erste Teil eines Pfads. Er sieht aus wie en oder pt-br.`,
    keepSlash: 'Ein Schrägstrich am Ende macht eine andere Seite',
    keepSlashHint: '/post und /post/ sind dann zwei Gespräche.',
    keepIndex: 'index.html macht eine andere Seite',
    keepIndexHint: '/ und /index.html sind dann zwei Gespräche; ebenso bei index.htm und index.php.',
    keepScheme: 'http und https sind zwei Seiten',
    keepSchemeHint: 'Nur, wo dort wirklich Verschiedenes steht.',
    addressesChange:
      'Gespräche, die es gibt, werden unter ihren alten Adressen gefunden wie bisher und unter den neuen dazu. Wo ' +
      'zwei unter einer Adresse zusammentreffen, sagt es die Liste der Gespräche und hilft, sie zu vereinen.',

    addressDays: 'Tage, bis Adressen entfernt werden',
    addressDaysHint:
      'Nach so vielen Tagen werden E-Mail-Adresse und Netz-Prüfsumme eines Kommentars entfernt. 0 entfernt ' +
      'sie beim nächsten Lauf.',
    hashSalt: 'Salz der Autoren-Prüfsummen aus Isso',
    hashSaltHint:
      'Nur für eine Site, die aus Isso kommt: Mit ihrem Salz bleiben die Prüfsummen, die Seiten und alte Kommentare ' +
      'nennen, die ihrer Autoren. Leer für eigene Prüfsummen.',
  },
  sorts: {
    oldest: 'Älteste zuerst',
    newest: 'Neueste zuerst',
    best: 'Beste zuerst',
    discussed: 'Meistbesprochene zuerst',
  },
  votes: {
    both: { label: 'Dafür und dagegen', hint: 'Leser stimmen zu oder nicht.' },
    likes: { label: 'Nur Zustimmung', hint: 'Leser können nur zustimmen. Die freundlichere Wahl.' },
    none: { label: 'Keine Stimmen', hint: 'Keine werden gezeigt oder angenommen; die abgegebenen bleiben erhalten.' },
  },
  threadsOpen: {
    any: { label: 'Jede Seite', hint: 'Jede Seite von den Origins dieser Website. Meistens das Richtige.' },
    patterns: { label: 'Seiten nach einem Muster', hint: 'Zum Beispiel nur Beiträge und keine Suchergebnisse.' },
    signed: {
      label: 'Nur Ids mit Signatur',
      hint:
        'Ihre Seiten beweisen, dass sie Ihre sind. Niemand sonst kann ein Gespräch eröffnen, auch nicht von Ihrem ' +
        'Origin.',
    },
  },
  originsPage: {
    title: 'Origins',
    lead: 'Nur Seiten von hier dürfen die Kommentare dieser Website zeigen und annehmen.',
    add: 'Origin hinzufügen',
    label: 'Origin',
    added: 'Hinzugefügt',
    seen: 'zuletzt gesehen',
    never: 'noch nicht gesehen',
    remove: 'Entfernen',
    confirmTitle: 'Diesen Origin entfernen?',
    confirmText: (origin) => `Seiten auf ${origin} zeigen dann keine Kommentare mehr. Gelöscht wird nichts.`,
    confirm: 'Origin entfernen',
  },
  signingKey: {
    title: 'Signaturschlüssel',
    lead:
      'Mit ihm bürgen Ihre Seiten beim Bauen für ihre Ids: mit dem HMAC-SHA256 der Id unter diesem Schlüssel. Wer ' +
      'eine Id erfindet, kann ihre Signatur nicht erfinden.',
    inUse: 'In Gebrauch: Auf dieser Website eröffnen nur signierte Ids Gespräche.',
    notInUse: 'Nicht in Gebrauch: Auf dieser Website dürfen auch Seiten ohne Signatur Gespräche eröffnen.',
    toSettings: 'Die Regel in den Einstellungen ändern',
    show: 'Schlüssel zeigen',
    hide: 'Schlüssel verbergen',
    secret: 'Halten Sie ihn geheim: Er gehört in Ihren Build, nie in eine Seite.',
    key: 'Schlüssel',
    version: (n) => `Version ${n}. 64 hexadezimale Ziffern, die für 32 Bytes stehen.`,
    copy: 'Schlüssel kopieren',
    examples: 'Eine Id signieren',
    examplesLead: (id) => `Je drei Zeilen, für die Id „${id}“. Ihr Schlüssel steht darin.`,
    copyExample: 'Beispiel kopieren',
    onThePage: 'Was herauskommt, steht auf der Seite neben der Id:',
    element: 'Element mit einer Signatur',
    signatureHere: 'DIE SIGNATUR',
    rotateTitle: 'Ein anderer Schlüssel',
    rotateLead:
      'Wenn der Schlüssel bekannt geworden ist, oder einfach von Zeit zu Zeit. Signaturen des vorigen Schlüssels ' +
      'gelten bis zum nächsten Wechsel, damit Sie Ihre Seiten inzwischen neu bauen können.',
    rotate: 'Anderen Schlüssel machen',
    rotated: 'Jetzt gibt es einen anderen Schlüssel',
    rotateConfirmTitle: 'Einen anderen Schlüssel machen?',
    rotateConfirm:
      'Seiten mit Signaturen des heutigen Schlüssels gelten weiter. Tragen Sie den neuen in Ihren Build ein und ' +
      'bauen Sie alle Seiten neu.',
    rotateWarning:
      'Signaturen des Schlüssels vor dem heutigen gelten ab jetzt nicht mehr. Haben Sie erst vor Kurzem gewechselt, ' +
      'prüfen Sie, ob seitdem alle Seiten gebaut wurden; bestehende Gespräche bleiben auf jeden Fall.',
  },

  queue: {
    title: 'Kommentare',
    tabsLabel: 'Kommentare nach Zustand',
    site: 'Website',
    allSites: 'Alle Websites',
    search: 'Kommentare durchsuchen',
    searchHint: 'Texte, Namen, Adressen suchen',
    more: 'Mehr laden',
    reload: 'Nach neuen sehen',
    shortcuts: 'Tastenkürzel',
    selectAll: 'Alle auf dieser Seite auswählen',
    selectOne: (author) => `Kommentar von ${author} auswählen`,
    selected: (n) => `${n.toLocaleString('de')} ausgewählt`,
    clear: 'Auswahl aufheben',
    bulk: 'Mit den ausgewählten Kommentaren',
    list: 'Kommentare',
    nothingFound: 'Nichts gefunden',
    nothingFoundHint: 'Versuchen Sie es mit weniger oder anderen Wörtern, oder in einem anderen Zustand.',
    clearSearch: 'Suche leeren',
    firstSite: 'Zuerst eine Website',
    firstSiteHint: 'Kommentare kommen, sobald eine Seite Ihr Snippet trägt.',
    undo: 'Rückgängig',
    undone: 'Rückgängig gemacht',
    reported: 'Gemeldet',
    onlyIn: 'Nur in',
    allThreads: 'Alle Gespräche zeigen',
  },
  states: {
    pending: 'Wartend',
    published: 'Veröffentlicht',
    spam: 'Spam',
    rejected: 'Abgelehnt',
    deleted: 'Gelöscht',
  },
  decisions: {
    publish: 'Freigeben',
    hold: 'Wieder zurückhalten',
    reject: 'Ablehnen',
    spam: 'Spam',
    delete: 'Löschen',
  },
  decided: {
    published: did('freigegeben'),
    pending: did('wieder zurückgehalten'),
    rejected: did('abgelehnt'),
    spam: did('als Spam markiert'),
    deleted: did('gelöscht'),
  },
  empty: {
    pending: { title: 'Alles erledigt', hint: 'Niemand wartet auf Sie. Ein guter Moment für einen Tee.' },
    reported: { title: 'Keine Meldungen', hint: 'Was Leser melden, steht hier, bis jemand entscheidet.' },
    published: { title: 'Noch ist es still', hint: 'Freigegebene Kommentare erscheinen hier.' },
    spam: { title: 'Kein Spam', hint: 'Möge es so bleiben.' },
    rejected: { title: 'Nichts abgelehnt', hint: 'Was Sie ablehnen, erscheint hier und kann zurückkommen.' },
    deleted: { title: 'Nichts gelöscht', hint: 'Gelöschte Kommentare erscheinen hier.' },
  },
  comment: {
    anonymous: 'Anonym',
    by: (author) => `Kommentar von ${author}`,
    team: 'Team',
    inReplyTo: (author) => `Antwort an ${author}`,
    heldBecause: 'Zurückgehalten:',
    source: 'Markdown',
    edited: 'bearbeitet',
    edit: 'Bearbeiten',
    reply: 'Antworten',
    website: 'Website',
    replies: (n) => count(n, 'Antwort', 'Antworten'),
    votes: (up, down) => `${up} dafür, ${down} dagegen`,
    number: (n) => `Nr. ${n}`,
    openPage: 'Die Seite öffnen',
    editLabel: (author) => `Text des Kommentars von ${author}`,
    editHint: 'Markdown. Leser sehen, dass er bearbeitet wurde; der alte Text bleibt im Verlauf.',
    authorName: 'Name des Verfassers',
    saveEdit: 'Kommentar speichern',
    replyLabel: (author) => `Ihre Antwort an ${author}`,
    replyHint: 'Markdown. Erscheint sofort, als vom Team.',
    sendReply: 'Antwort senden',
    approveAndReply: 'Freigeben und antworten',
    replied: 'Antwort gesendet',
    title: 'Kommentar',
    history: 'Verlauf',
    previousText: 'Text davor',
    pinned: 'Angeheftet',
    keep: 'Behalten',
    kept: (n) => (n === 1 ? 'Kommentar behalten, Meldungen erledigt' : `${n} Kommentare behalten, Meldungen erledigt`),
    more: (author) => `Mehr zum Kommentar von ${author}`,
    openThread: 'Das Gespräch öffnen',
    splitOff: 'Ab hier abspalten…',
  },
  reports: {
    count: (n) => count(n, 'Meldung', 'Meldungen'),
    settled: 'Früher gemeldet und seitdem entschieden:',
    reasons: {
      spam: 'Spam',
      abuse: 'Beleidigung oder Drohung',
      off_topic: 'Nicht zum Thema',
      personal: 'Privates',
      other: 'Etwas anderes',
    },
  },
  eventKinds: {
    created: 'Geschrieben',
    edited: 'Bearbeitet',
    decided: 'Entschieden',
    purged: 'Endgültig entfernt',
    split: 'In ein anderes Gespräch abgespalten',
    vote_reversed: 'Stimme zurückgenommen oder umgedreht',
  },
  actors: { visitor: 'Verfasser', reader: 'einem Leser', member: 'der Moderation', system: 'Parlour' },
  event: {
    by: (actor) => `von ${actor}`,
    change: (from, to) => `${from} → ${to}`,
    kept: 'Behalten, wie es war',
    restored: 'Zurückgeholt',
    decided: {
      published: 'Freigegeben',
      pending: 'Zurückgehalten',
      rejected: 'Abgelehnt',
      spam: 'Als Spam markiert',
      deleted: 'Gelöscht',
    },
  },
  reasons: {
    site_holds_all: 'Diese Website gibt erst alles frei',
    has_links: 'enthält Links',
    moderator: 'von der Moderation entschieden',
    team: 'vom Team geschrieben',
    page_outside_rule: 'Die Seite darf nach der Regel dieser Website kein Gespräch eröffnen',
    reported: 'von Lesern gemeldet',
    author: 'vom Verfasser selbst zurückgenommen oder zurückgeholt',
  },

  threads: {
    title: 'Gespräche',
    lead: 'Eines für jede Seite, auf der jemand geschrieben hat.',
    tabsLabel: 'Gespräche nach dem, was die Moderation daraus gemacht hat',
    all: 'Alle',
    search: 'Gespräche durchsuchen',
    searchHint: 'Titel, Adressen, Ids suchen',
    nothingFoundHint: 'Versuchen Sie es mit weniger oder anderen Wörtern, oder auf einer anderen Website.',
    empty: {
      all: { title: 'Noch kein Gespräch', hint: 'Der erste Kommentar auf einer Seite eröffnet eines.' },
      open: { title: 'Keines ist offen', hint: 'Gespräche, die niemand geschlossen oder gesperrt hat, stehen hier.' },
      closed: { title: 'Keines ist geschlossen', hint: 'Gespräche, die die Moderation geschlossen hat, stehen hier.' },
      locked: { title: 'Keines ist gesperrt', hint: 'Gespräche, in denen sich nichts ändern darf, stehen hier.' },
    },
    opened: 'eröffnet',
    lastComment: 'letzter Kommentar',
    locked: 'Gesperrt',
    closedBy: { thread: 'Geschlossen', age: 'Durch Alter geschlossen', site: 'Website nur lesbar' },
    clash: 'Von einem anderen verdeckt',
    clashTitle: 'Leser dieser Seite sehen ein anderes Gespräch',
    clashHint:
      'Seit sich die Regeln der Website für Adressen geändert haben, haben zwei Gespräche eine Adresse. Dieses hier ' +
      'wird dort nicht gezeigt, bis Sie die beiden vereinen.',
    clashMerge: 'Mit dem anderen vereinen…',
    clashOther: 'Das andere ansehen',
    rename: 'Den Titel ändern',
    titleLabel: 'Titel',
    titleHint: 'Bis zu 300 Zeichen. Leer, um Adresse oder Id zu zeigen.',
    saveTitle: 'Titel speichern',
    standing: {
      open: { title: 'Offen', hint: 'Leser können kommentieren, abstimmen und reagieren.' },
      thread: {
        title: 'Von der Moderation geschlossen',
        hint:
          'Leser können keine Kommentare hinzufügen. Abstimmen und eigene ändern können sie noch; das Team kann ' +
          'antworten.',
      },
      age: {
        title: 'Durch sein Alter geschlossen',
        hint:
          'Nach der Einstellung der Website ist es zu alt für neue Kommentare. Stimmen und Antworten des Teams ' +
          'werden noch angenommen.',
      },
      site: {
        title: 'Die Website ist nur lesbar',
        hint: 'Nach der Einstellung der Website kann in keinem Gespräch jemand schreiben.',
      },
      locked: {
        title: 'Von der Moderation gesperrt',
        hint:
          'Nichts darf sich ändern: keine Kommentare, Stimmen, Reaktionen, Änderungen oder Antworten. Leser sehen, ' +
          'was da ist.',
      },
    },
    since: 'Seit:',
    close: 'Schließen',
    reopen: 'Wieder öffnen',
    lock: 'Sperren',
    unlock: 'Entsperren',
    closeOrLock:
      'Schließen beendet die Diskussion. Sperren friert auch ein, was gesagt ist, samt Stimmen und Änderungen.',
    comments: 'Kommentare',
    commentsLead: 'Jede Zahl führt zu ihnen.',
    pins: 'Angeheftete Kommentare',
    pinsNone: (most) =>
      `Nichts ist angeheftet. Bis zu ${most} Kommentare können oben stehen: Suchen Sie einen und wählen Sie „Oben ` +
      'anheften“ aus seinem Menü.',
    pinsLead: (n, most) => `${n} von höchstens ${most}. Sie stehen in dieser Reihenfolge oben.`,
    pin: 'Oben anheften',
    unpin: 'Loslösen',
    unpinOne: (number) => `Nr. ${number} loslösen`,
    pinUp: (number) => `Nr. ${number} nach oben`,
    pinDown: (number) => `Nr. ${number} nach unten`,
    pinMoved: (place, of) => `Jetzt an Stelle ${place} von ${of}`,
    pinned: 'Oben angeheftet',
    unpinned: 'Losgelöst',
    pinsFull: (most) => `${most} Kommentare sind schon angeheftet. Lösen Sie zuerst einen anderen los.`,
    keys: 'Adressen und Ids',
    keysLead: 'Jede von ihnen führt zu diesem Gespräch, wo auch immer das Snippet sie nennt.',
    address: 'Adresse',
    id: 'Id',
    mainKey: 'danach heißt es',
  },
  standings: { open: 'Offen', closed: 'Geschlossen', locked: 'Gesperrt' },
  threadEvents: {
    closed: 'Geschlossen',
    opened: 'Wieder geöffnet',
    locked: 'Gesperrt',
    unlocked: 'Entsperrt',
    renamed: 'Titel geändert',
    pinned: 'Angeheftetes geändert',
    merged: 'Ein anderes Gespräch aufgenommen',
    split: 'Zweig abgespalten',
    moved: 'Verschoben',
  },
  threadEvent: {
    noTitle: 'kein Titel',
    pins: (from, to) => (from === to ? 'in anderer Reihenfolge' : `${from} → ${to}`),
    merged: (name, n) => `${name}, ${count(n, 'Kommentar', 'Kommentare')}`,
    splitOff: (n) => `${count(n, 'Kommentar ging', 'Kommentare gingen')} nach`,
    splitHere: (n) => `${count(n, 'Kommentar kam', 'Kommentare kamen')} aus`,
  },
  arrange: {
    title: 'Ordnen',
    lead:
      'Kommentare behalten ihre Nummern, und alte Links zu ihnen führen weiter hin. Sie sehen, was sich ändern wird, ' +
      'bevor sich etwas ändert.',
    merge: {
      open: 'Vereinen mit…',
      hint: 'Zwei Gespräche sind in Wahrheit eines: Alle Kommentare gehen in das andere.',
      title: 'Mit einem anderen Gespräch vereinen',
      lead:
        'Alle Kommentare dieses Gesprächs gehen in das andere. Was hierher führte, führt dorthin; dieses gibt es ' +
        'dann nicht mehr.',
      will: (n) => (n === 1 ? 'Ein Kommentar zieht um.' : `${n.toLocaleString('de')} Kommentare ziehen um.`),
      consequence: 'Das erste Gespräch gibt es dann nicht mehr, und es lässt sich nicht im Ganzen wieder herausnehmen.',
      confirm: 'Jetzt vereinen',
      done: (n) => `Vereint: ${count(n, 'Kommentar ist', 'Kommentare sind')} umgezogen`,
    },
    split: {
      open: 'Zweig abspalten…',
      hint: 'Ein Kommentar hat anderswohin geführt: Er geht mit allen Antworten auf eine andere Seite.',
      title: 'Einen Zweig abspalten',
      lead: 'Ein Kommentar geht mit allen Antworten in ein anderes Gespräch; gibt es dort keines, wird es eröffnet.',
      will: (n) => (n === 1 ? 'Ein Kommentar zieht um.' : `${n.toLocaleString('de')} Kommentare ziehen um.`),
      consequence: 'Alte Links zu diesen Kommentaren finden sie am neuen Ort.',
      confirm: 'Jetzt abspalten',
      done: (n) => `Abgespalten: ${count(n, 'Kommentar ist', 'Kommentare sind')} umgezogen`,
    },
    move: {
      open: 'Andere Id oder Adresse…',
      hint: 'Die Seite ist umgezogen oder bekommt eine eigene Id: Das Gespräch geht mit.',
      title: 'Zu einer anderen Id oder Adresse',
      lead: 'Das Gespräch wird an einem neuen Ort gefunden. Was bisher dorthin führte, führt weiter hin.',
      will: 'Das Gespräch heißt anders.',
      consequence: 'Kein Kommentar ändert sich. Die bisherigen Adressen und Ids führen weiter hierher.',
      confirm: 'Jetzt verschieben',
      done: (_) => 'Verschoben',
    },
    into: 'Mit welchem Gespräch?',
    intoHint: 'Einem von derselben Website. Suchen Sie nach Titel, Adresse oder Id.',
    comment: 'Welcher Kommentar führt den Zweig an?',
    commentHint: 'Suchen Sie nach Text oder Verfasser. Er geht mit allem, was unter ihm steht.',
    newTitle: 'Titel',
    newTitleHint: 'Falls dadurch ein neues Gespräch eröffnet wird.',
    to: 'Wohin?',
    toUrl: 'Adresse einer Seite',
    toId: 'Eigene Id',
    url: 'Adresse',
    urlHint: 'Eine Seite von einem der Origins dieser Website. Sie muss nicht erreichbar sein.',
    urlOptional: 'Ihre Seite',
    urlOptionalHint: 'Damit Sie und Feeds darauf verweisen können; darf leer sein.',
    urlInvalid: 'Das muss eine ganze Adresse sein, die mit https:// beginnt, auf einem der Origins dieser Website.',
    toItself: 'Das ist dieses Gespräch selbst.',
    id: 'Id',
    idHint: 'Wie im Attribut thread-id des Snippets.',
    taken: 'Dort gibt es schon ein Gespräch',
    takenHint: 'An diesem Ort finden Leser ein anderes Gespräch. Sie können dieses mit ihm vereinen.',
    mergeInstead: 'Stattdessen vereinen…',
    preview: 'Sehen, was sich ändern wird',
    back: 'Zurück',
    before: 'Jetzt',
    after: 'Dann',
    countChange: (from, to) => `${count(from, 'Kommentar', 'Kommentare')}, dann ${to.toLocaleString('de')}`,
    keysAfter: 'Dorthin führen dann:',
    newKey: 'neu',
    openTarget: 'Das neue Gespräch öffnen',
    clear: 'Leeren',
    nothingFound: 'Nichts gefunden',
    warningsTitle: 'Bitte beachten Sie',
  },
  threadWarnings: {
    target_closed: 'Das Gespräch, in das sie gehen, ist geschlossen. Leser können nichts hinzufügen.',
    target_locked: 'Das Gespräch, in das sie gehen, ist gesperrt. Bis Sie es entsperren, ändert sich darin nichts.',
    target_exists: 'An diesem Ort gibt es schon ein Gespräch; der Zweig kommt hinzu.',
    pins_dropped:
      'Es sind mehr Kommentare angeheftet, als in einem Gespräch sein können: Die letzten werden losgelöst.',
    pin_removed: 'Der Kommentar ist angeheftet; er wird losgelöst.',
    source_empty: 'Kein Kommentar bleibt zurück.',
  },

  keys: {
    title: 'Tastenkürzel',
    next: 'Nächster Kommentar',
    previous: 'Voriger Kommentar',
    publish: 'Freigeben',
    reject: 'Ablehnen',
    spam: 'Als Spam markieren',
    delete: 'Löschen',
    edit: 'Bearbeiten',
    reply: 'Antworten',
    pin: 'Oben anheften oder loslösen',
    select: 'Auswählen',
    open: 'Einzelheiten',
    search: 'Suchen',
    undo: 'Rückgängig',
    help: 'Diese Liste',
    hint: 'Sind Kommentare ausgewählt, gelten Entscheidungen für sie alle.',
  },

  notFound: { title: 'Hier ist nichts', hint: 'Der Link ist alt oder vertippt. Das kommt in den besten Häusern vor.' },
};
