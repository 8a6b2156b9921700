import { count } from './de';
import type { Later } from './words';

export const later: Later = {
  changeAddress: {
    title: 'Eine andere Adresse',
    lead: 'Beide Adressen werden gefragt, bevor sich etwas ändert.',
    from: 'Die Adresse des Kontos jetzt',
    to: 'Die künftige Adresse',
    askOld: 'Wenn Sie das nicht wollten, halten Sie es auf und ändern Sie Ihr Passwort.',
    askNew: 'Wenn dieses Konto nicht Ihres ist, halten Sie es auf.',
    confirm: 'Bestätigen',
    stop: 'Änderung aufhalten',
    half: 'Bestätigt',
    halfHint: 'Die Änderung gilt, sobald auch die andere Adresse sie bestätigt hat.',
    done: 'Die Adresse ist geändert',
    doneHint: (email) => `Von jetzt an melden Sie sich mit ${email} an.`,
    stopped: 'Die Änderung ist aufgehalten',
    stoppedHint:
      'Es hat sich nichts geändert. Wenn Sie es nicht waren, ändern Sie jetzt Ihr Passwort: Jemand kennt es.',
    stoppedByNewHint: 'Es hat sich nichts geändert.',
    void: 'Dieser Link gilt nicht mehr',
    voidHint: 'Die Änderung ist geschehen, aufgehalten oder ersetzt, oder ihre Zeit ist um.',
    toAccount: 'Zu Ihrem Konto',
  },
  watching: {
    title: 'E-Mails über Kommentare',
    lead: 'Was Sie über Kommentare auf Ihren Websites erfahren. Jedes Mitglied wählt für sich.',
    hint: 'In den E-Mails stehen Links, mit denen Sie ohne Anmeldung über einen Kommentar entscheiden können. Sie sind nur für Sie.',
    wants: {
      none: 'Nichts',
      pending: 'Was auf die Moderation wartet',
      every: 'Jeden Kommentar',
      hourly: 'Stündliche Zusammenfassung',
      daily: 'Tägliche Zusammenfassung',
    },
    means: {
      none: 'Keine E-Mails über diese Website.',
      pending: 'Sofort eine E-Mail über jeden Kommentar, über den zu entscheiden ist.',
      every: 'Sofort eine E-Mail über jeden Kommentar, auch über schon veröffentlichte.',
      hourly: 'Eine E-Mail zur vollen Stunde, wenn es Neues gibt.',
      daily: 'Eine E-Mail am Ende des Tages dort, wo die Website ist, wenn es Neues gibt.',
    },
    noMail: 'Dieser Server verschickt noch keine E-Mails. Ihre Wahl gilt, sobald der Betreiber das einrichtet.',
    notWhileActing: 'Wer als Betreiber für einen Mandanten handelt, erfährt nichts über dessen Kommentare.',
    noSites: 'Noch keine Websites',
    noSitesHint: 'Sobald es eine gibt, wählen Sie hier, was Sie über sie erfahren.',
    nobody: 'Über Kommentare hier erfährt niemand etwas',
    nobodyHint: 'Wartende Kommentare sieht nur, wer in die Warteschlange schaut.',
    choose: 'Auswählen, was Sie erfahren',
  },
  lives: {
    tab: 'Archivieren, umziehen, löschen',
    ownersOnly: 'Das kann nur ein Inhaber.',
    standing: 'Welche Websites',
    standings: { open: 'Offen', archived: 'Archiv', deleted: 'Gelöscht' },
    noneOf: {
      archived: { title: 'Das Archiv ist leer', hint: 'Eine Website im Archiv zeigt ihre Gespräche und nimmt nichts Neues an.' },
      deleted: { title: 'Nichts ist gelöscht', hint: 'Gelöschte Websites warten hier einige Tage und können zurückgeholt werden.' },
    },
    erasedOn: (day) => `Wird am ${day} endgültig entfernt`,
    archivedTitle: 'Diese Website ist im Archiv',
    archivedHint: (day) => `Seit dem ${day} sehen Leser, was da ist, und können nichts hinzufügen.`,
    deletedTitle: 'Diese Website ist gelöscht',
    deletedHint: (day) => `Leser finden nichts mehr. Am ${day} wird alles endgültig entfernt; bis dahin kann ein Inhaber sie zurückholen.`,
    archiveTitle: 'Archivieren',
    archiveLead: 'Leser sehen weiterhin jedes Gespräch, aber niemand kann mehr etwas schreiben. Sie können das jederzeit rückgängig machen.',
    archive: 'Diese Website archivieren',
    archived: (name) => `${name} ist im Archiv.`,
    reopen: 'Aus dem Archiv holen',
    reopened: (name) => `${name} nimmt wieder Kommentare an.`,
    restore: 'Zurückholen',
    restored: (name) => `${name} ist wieder da.`,
    moveTitle: 'Zu einem anderen Mandanten umziehen',
    moveLead: 'Mit allem, was dort gesagt wurde. Ihre Seiten müssen nicht geändert werden. Sie müssen Inhaber beider Mandanten sein.',
    move: 'Diese Website umziehen',
    moveOf: (name) => `${name} umziehen`,
    moveTo: 'Zum Mandanten',
    moveText: 'Mitglieder dieses Mandanten, Einladungen und API-Schlüssel erreichen die Website nicht mehr. Die des anderen Mandanten schon.',
    moveNowhere: 'Sie sind Inhaber keines anderen Mandanten. Legen Sie einen an, oder lassen Sie sich von einem Inhaber des anderen als Inhaber einladen.',
    moved: (name) => `${name} ist umgezogen.`,
    deleteTitle: 'Löschen',
    deleteLead: 'Leser finden ab sofort nichts mehr. Einige Tage lang können Sie die Website zurückholen; danach wird alles endgültig entfernt.',
    delete: 'Diese Website löschen',
    deleteOf: (name) => `${name} löschen`,
    deleteText: 'Alle Gespräche, Stimmen, Einstellungen und Entscheidungen der Moderatoren dieser Website werden endgültig entfernt, wenn die Tage zum Zurückholen vorbei sind.',
    deleted: (name) => `${name} ist gelöscht.`,
    typeName: 'Geben Sie zur Bestätigung den Namen ein',
    keyTitle: 'Öffentlicher Schlüssel',
    keyLead: 'Er benennt die Website im Snippet. Er ist kein Geheimnis; wechseln Sie ihn, wenn Fremde ihn auf ihren Seiten verwenden.',
    rotate: 'Schlüssel wechseln',
    rotateText: 'Das Snippet bekommt einen neuen Schlüssel. Der heutige gilt noch eine Weile, damit Sie Ihre Seiten nacheinander ändern können.',
    overlap: 'Der frühere Schlüssel gilt noch',
    overlapHint: 'Sie können ihn früher beenden, sobald keine Seite ihn mehr verwendet.',
    rotated: 'Das Snippet hat einen neuen Schlüssel.',
    formerKeys: 'Frühere Schlüssel, die noch gelten',
    keyUntil: (day) => `bis ${day}`,
    keySeen: 'zuletzt verwendet',
    keySeenOn: (origin) => `zuletzt verwendet auf ${origin}`,
    keyUnseen: 'seit dem Wechsel nicht verwendet',
    endKey: 'Jetzt beenden',
    endKeyOf: (key) => `Schlüssel ${key} beenden`,
    endKeyText: 'Seiten, die ihn noch nennen, zeigen die Kommentare sofort nicht mehr. Das lässt sich nicht rückgängig machen.',
    keyEnded: (key) => `Der Schlüssel ${key} ist beendet.`,
    copyOpen: 'Von anderer Website kopieren',
    copyTitle: 'Einstellungen von einer anderen Website kopieren',
    copyFrom: 'Von',
    copySections: 'Was kopiert wird',
    copySectionsHint: 'Geheimnisse werden nie kopiert.',
    copyPreview: 'Zeigen, was sich ändern würde',
    copySubmit: (n) => (n === 1 ? 'Eine Einstellung ändern' : `${n} Einstellungen ändern`),
    copySame: 'Beide Websites haben hier dieselben Einstellungen. Es würde sich nichts ändern.',
    copyNowhere: 'Dieser Mandant hat keine andere Website.',
    setting: 'Einstellung',
    now: 'Jetzt',
    then: 'Dann',
    exportRecord: 'Exportieren',
    asTable: 'Als Tabelle (CSV)',
    asLines: 'Als JSON-Zeilen (NDJSON)',
    exportTitle: 'Alles mitnehmen',
    exportLead: 'Eine Datei mit dem Mandanten, seinen Mitgliedern, Websites, Gesprächen, Kommentaren und dem Protokoll, als JSON-Zeilen.',
    exportAll: 'Alles exportieren',
    exported: (megabytes) => `Bisher ${megabytes} MB`,
    transferTitle: 'Übergeben',
    transferLead: 'Machen Sie ein anderes Mitglied zum Inhaber und treten Sie, wenn Sie möchten, im selben Schritt zurück.',
    transfer: 'Diesen Mandanten übergeben',
    transferTo: 'Der neue Inhaber',
    transferNobody: 'Außer Ihnen ist niemand in diesem Mandanten. Laden Sie zuerst jemanden ein.',
    transferred: (name) => `${name} ist jetzt Inhaber.`,
    stepDown: 'Ich trete zurück und werde Admin',
    stepDownHint: 'Sie können das nicht selbst zurücknehmen.',
    deleteTenantTitle: 'Mandanten löschen',
    deleteTenantLead: 'Mit allen seinen Websites, die für Leser sofort verschwinden. Einige Wochen lang kann ein Inhaber alles zurückholen. Exportieren Sie vorher, was Sie behalten wollen.',
    deleteTenant: 'Diesen Mandanten löschen',
    deleteTenantText: 'Alle seine Websites werden sofort dunkel, API-Schlüssel gelten nicht mehr, und wenn die Zeit zum Zurückholen vorbei ist, wird alles endgültig entfernt.',
    restoreTitle: 'Mandanten zurückholen',
    restoreLead: 'Mit den Websites, die zusammen mit ihm gelöscht wurden, so wie sie waren.',
    tenantDeletedTitle: 'Dieser Mandant ist gelöscht',
    tenantDeletedHint: (day) => `Seine Websites werden nicht gezeigt, und nichts lässt sich ändern. Am ${day} wird alles endgültig entfernt; bis dahin kann ein Inhaber ihn zurückholen.`,
    tenantToRestore: 'Zur Seite des Mandanten',
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
      mail: 'E-Mail',
    },

    name: 'Name der Website',
    nameHint: 'Steht in der Warteschlange.',
    mailLead: 'E-Mails, die Moderatoren über Kommentare auf dieser Website bekommen.',
    mailSender: 'Absender',
    mailSenderHint: 'Der Name, unter dem sie kommen. Ohne Angabe: der Name der Website.',
    mailReplyTo: 'Adresse für Antworten',
    mailReplyToHint: 'Wohin es geht, wenn jemand auf eine solche E-Mail antwortet. Ohne Angabe: nirgendwohin.',
    language: 'Sprache',
    timeZone: 'Zeitzone',
    timeZoneHint:
      'Nach ihren Tagen zählt die Statistik. Schon gezählte Tage bleiben, wie sie sind. Tippen Sie, um zu suchen.',
    timeZoneNone: 'Eine Zeitzone dieses Namens gibt es nicht.',
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
  snippets: {
    lead: 'Womit sind Ihre Seiten gemacht?',
    kinds: 'Arten von Seiten',
    file: (file) => `Datei ${file}`,
    notes: {
      html:
        'Jede Seite bekommt nach ihrer Adresse ein eigenes Gespräch. Geben Sie dem Element eine thread-id, damit es ' +
        'bleibt, wenn sich die Adresse ändert.',
      hugo:
        'Die zweite Datei ist die Vorlage eines Beitrags; setzen Sie die Zeile dorthin, wo die Kommentare erscheinen ' +
        'sollen. Nehmen Sie http://localhost:1313 unter die Origins auf, um sie mit hugo server zu sehen.',
      jekyll:
        'Die zweite Datei ist das Layout eines Beitrags; setzen Sie die Zeile dorthin, wo die Kommentare erscheinen ' +
        'sollen. Setzen Sie url in _config.yml. Nehmen Sie http://localhost:4000 unter die Origins auf, um sie mit ' +
        'jekyll serve zu sehen.',
      wordpress:
        'In Ihrem Theme, besser in einem Child-Theme, tritt diese Datei an die Stelle der Kommentare von WordPress. ' +
        'Ein Block-Theme nimmt die beiden Zeilen unter HTML in einem Block „Individuelles HTML“ der Vorlage für ' +
        'einzelne Beiträge.',
      astro: 'Setzen Sie site in astro.config.mjs. Verwenden Sie die Komponente im Layout eines Beitrags.',
      react:
        'threadId benennt das Gespräch: ein Pfad oder ein Name, der bleibt. Zeigt eine Anwendung eine andere Seite, ' +
        'gibt sie einen anderen an, und das Element lädt dessen Gespräch.',
      vue: 'Die dritte Datei sagt Vue, dass das Element keine seiner Komponenten ist. threadId benennt das Gespräch.',
    },
  },
  doctor: {
    title: 'Was im Weg ist',
    lead:
      'Ihre Seiten, auf denen Kommentare nicht gezeigt werden konnten, soweit es hier zu sehen war. Die Liste schaut ' +
      'selbst nach.',
    none: 'Soweit von hier aus zu sehen ist, steht nichts im Weg.',
    times: (n) => `${n.toLocaleString('de')}-mal`,
    seenOn: (page) => `auf ${page}`,
    dismiss: 'Verwerfen',
    nearly: {
      scheme: (listed) =>
        `${listed} steht auf der Liste; hier unterscheiden sich http und https. Besser, als beide zu erlauben: leiten ` +
        'Sie http auf https um.',
      www: (listed) =>
        `${listed} steht auf der Liste; der Unterschied ist www. Erlauben Sie ihn, oder leiten Sie das eine auf das ` +
        'andere um.',
      port: (listed) => `${listed} steht auf der Liste; der Unterschied ist der Port. Ist es Ihre Seite, erlauben Sie ihn.`,
    },
    reporting: 'Browser melden lassen, was eine Policy sperrt',
    reportingLead:
      'Sendet Ihr Webserver eine Content-Security-Policy, nennen Sie darin diese Adresse. Meldungen werden ohne den ' +
      'Leser und ohne die Query der Seite behalten.',
    debugging:
      'Um zu sehen, was auf einer Seite im Weg ist, schreiben Sie data-debug in ihr Script-Tag: dort sagt es eine Tafel ' +
      'in Worten.',
  },
  troubles: {
    origin_refused: {
      title: (origin) => `${origin} wurde abgewiesen`,
      fix: 'Die Seite hat das Snippet, steht aber nicht unter den Origins dieser Website. Ist es Ihre, erlauben Sie sie.',
    },
    key_wrong: {
      title: (key) => (key ? `Eine Seite fragt mit dem Schlüssel „${key}“` : 'Eine Seite fragt mit leerem Schlüssel'),
      fix: 'Das ist nicht der Schlüssel dieser Website. Schreiben Sie ins Script-Tag jener Seite:',
    },
    policy_blocks: {
      title: (directive) => `Die Content-Security-Policy sperrt uns aus (${directive})`,
      fix: 'Ihr Webserver oder ein meta-Element sendet Content-Security-Policy. Ergänzen Sie darin:',
    },
    policy_would_block: {
      title: (directive) => `Eine Policy auf Probe würde uns aussperren (${directive})`,
      fix: 'Noch ist nichts gesperrt. Bevor aus Content-Security-Policy-Report-Only Ernst wird, ergänzen Sie darin:',
    },
    mixed_content: {
      title: () => 'Eine https-Seite holt die Kommentare mit http',
      fix: 'Das verbieten Browser. Schreiben Sie https:// in die Adresse des Scripts und in data-host.',
    },
    element_missing: {
      title: () => 'Eine Seite hat das Script, aber keinen Platz für Kommentare',
      fix:
        'Und seit einem Tag hat keine Seite dieser Website Kommentare gezeigt. Setzen Sie das Element dorthin, wo ' +
        'sie erscheinen sollen:',
    },
  },
  check: {
    title: 'Eine Seite ansehen',
    lead:
      'Dieser Server lädt eine Ihrer Seiten, wie ein Fremder es täte, und sagt, was er findet. Scripts werden nicht ' +
      'ausgeführt.',
    label: 'Adresse einer Seite',
    submit: 'Seite ansehen',
    notOfSite: 'Das ist nicht die Adresse einer Seite unter den Origins dieser Website.',
    findings: 'Was gefunden wurde',
    summary: (n) => (n === 0 ? 'Nichts ist im Weg.' : n === 1 ? 'Eines ist im Weg.' : `${n} Dinge sind im Weg.`),
    grades: { good: 'Gut', warning: 'Ansehen', error: 'Im Weg' },
    unreachable: {
      name: 'der Name hat keine Adresse',
      address: 'ihre Adresse ist keine öffentliche',
      port: 'ihr Port ist keiner des Webs',
      connection: 'dort antwortet niemand',
      tls: 'ihr Zertifikat oder ihre Verschlüsselung ist nicht in Ordnung',
      time: 'es dauerte zu lange',
      redirects: 'sie leitet immer weiter um',
      answer: 'was dort gesagt wird, ist kein HTTP',
    },
  },
  pageFindings: {
    unreachable: {
      text: (cause) => `Die Seite ließ sich nicht laden: ${cause}.`,
      fix: 'Wenn Leser sie öffnen können, ist sie vielleicht für Server wie diesen gesperrt.',
    },
    status: {
      text: (status) => `Die Seite wird mit dem Status ${status} beantwortet.`,
      fix: 'Stimmt die Adresse, und ist die Seite für alle offen?',
    },
    not_html: { text: (type) => `Das ist keine Webseite, sondern ${type || 'etwas ohne Typ'}.`, fix: '' },
    cut: {
      text: () => 'Die Seite ist so lang oder so langsam, dass nur ihr Anfang gelesen wurde.',
      fix: '',
    },
    redirected: { text: (url) => `Sie leitet auf ${url} um.`, fix: '' },
    elsewhere: {
      text: (origin) => `Sie leitet auf ${origin} um; das steht nicht unter den Origins dieser Website.`,
      fix: 'Wenn Ihre Seiten dort sind, erlauben Sie es.',
    },
    snippet_found: { text: (url) => `Das Script ist da: ${url}`, fix: '' },
    module_found: { text: (url) => `Das Modul ist da: ${url}`, fix: '' },
    isso_clothes: { text: (url) => `Der Client für Isso-Seiten ist da: ${url}`, fix: '' },
    snippet_missing: {
      text: () => 'Das Script ist nicht in der Seite.',
      fix: 'Fügen Sie das Snippet von oben ein. Setzen Scripts es ein (React, Vue), ist es so nicht zu sehen: nehmen Sie ' +
        'data-debug.',
    },
    snippet_twice: {
      text: (n) => `Das Script steht ${n}-mal in der Seite.`,
      fix: 'Einmal genügt: oft steht eines in der Vorlage, und eines wurde von Hand eingefügt.',
    },
    snippet_other_host: {
      text: (origin) => `Das Script holt die Kommentare bei ${origin}.`,
      fix: 'Kopieren Sie das Snippet von oben: darin steht die Adresse dieses Servers.',
    },
    key_missing: {
      text: () => 'Das Script-Tag nennt keine Website.',
      fix: 'Es braucht data-site wie im Snippet oben.',
    },
    key_wrong: {
      text: (key) => `Die Seite fragt mit dem Schlüssel „${key}“; es ist nicht der dieser Website.`,
      fix: 'Kopieren Sie das Snippet von oben, oder schreiben Sie sein data-site in die Seite.',
    },
    mixed_content: {
      text: (url) => `Die Seite ist https und fragt nach ${url}. Das verbieten Browser.`,
      fix: 'Schreiben Sie dort https://.',
    },
    policy_blocks_script: {
      text: () => 'Die Content-Security-Policy der Seite lässt unser Script nicht ein.',
      fix: 'Schreiben Sie in die Policy:',
    },
    policy_blocks_requests: {
      text: () => 'Die Content-Security-Policy der Seite lässt das Script nicht nach Kommentaren fragen.',
      fix: 'Schreiben Sie in die Policy:',
    },
    policy_blocks_types: {
      text: () => 'Die Policy der Seite zu Trusted Types nennt unsere nicht.',
      fix: 'Schreiben Sie in die Policy:',
    },
    policy_needs_nonce: {
      text: () => 'Die Policy der Seite (strict-dynamic) lässt nur Scripts mit dem Nonce der Seite ein.',
      fix: 'Geben Sie dem Script-Tag den Nonce, den Ihre anderen Scripts haben.',
    },
    element_found: { text: (name) => `Es gibt einen Platz für Kommentare: ${name}`, fix: '' },
    element_missing: {
      text: () => 'In der Seite ist kein Platz für Kommentare.',
      fix: 'Setzen Sie <parlour-comments></parlour-comments> dorthin, wo sie erscheinen sollen.',
    },
    element_twice: {
      text: (n) => `Es gibt ${n} Plätze für Kommentare, und einige sind dieselben.`,
      fix: 'Geben Sie jedem eine eigene thread-id, oder nehmen Sie einen weg.',
    },
    template_unfilled: {
      text: (value) => `Eine Variable Ihrer Vorlage wurde nicht gefüllt: ${value}`,
      fix: 'Die Datei geht nicht durch Ihren Generator, oder die Variable heißt anders.',
    },
    clock_skew: {
      text: (minutes) =>
        Number(minutes) < 0
          ? `Die Uhr jenes Servers geht gegenüber unserer ${-Number(minutes)} min nach.`
          : `Die Uhr jenes Servers geht gegenüber unserer ${minutes} min vor.`,
      fix: 'Eine von beiden ist falsch. Zeiten und Fristen gehen nach der Uhr dieses Servers.',
    },
    isso_left: {
      text: (what) => `Isso steht noch in der Seite: ${what}`,
      fix: 'Nehmen Sie seine Zeilen heraus, sonst sehen Leser zwei Plätze für Kommentare.',
    },
    disqus_left: {
      text: (what) => `Disqus steht noch in der Seite: ${what}`,
      fix: 'Nehmen Sie seine Zeilen heraus: es lädt Tracker, und Leser sehen zwei Plätze für Kommentare.',
    },
  },
  operator: {
    title: 'Bereich des Betreibers',
    search: 'Suche',
    show: 'Anzeigen',
    all: 'Alle',
    only: { suspended: 'Gesperrte', operators: 'Betreiber' },
    more: 'Mehr zeigen',
    none: 'Nichts gefunden',
    noneHint: 'Versuchen Sie es mit weniger Buchstaben oder einem anderen Filter.',
    about: 'Angaben',
    id: 'Kennung',
    key: 'Schlüssel',
    made: 'Angelegt',
    tenant: 'Mandant',
    origins: 'Herkünfte',
    thisMonth: 'Kommentare im Monat',
    ever: 'Kommentare insgesamt',
    members: (n: number) => count(n, 'Mitglied', 'Mitglieder'),
    sitesCount: (n: number) => count(n, 'Website', 'Websites'),
    tenantsCount: (n: number) => count(n, 'Mandant', 'Mandanten'),
    commentsThisMonth: (n: number) => `${count(n, 'Kommentar', 'Kommentare')} in diesem Monat`,
    noSiteHint: 'Dieser Mandant hat keine angelegt.',
    plan: 'Tarif',
    noPlan: 'kein Tarif',
    noPlanYet: 'Legen Sie zuerst Tarife an; ohne sie gibt es keine Grenzen.',
    byDefault: (plan: string) => `Standard (${plan})`,
    suspension: 'Sperre',
    suspended: 'Gesperrt',
    readOnly: 'Gesperrt: nur lesen',
    hidden: 'Gesperrt: verborgen',
    notSuspended: 'Nicht gesperrt. Eine Sperre gilt sofort und auf allen Knoten.',
    suspend: 'Sperren…',
    changeSuspension: 'Ändern…',
    resume: 'Sperre aufheben',
    resumed: 'Sperre aufgehoben',
    isSuspended: 'Gesperrt',
    readersSee: 'Was Leser sehen',
    showsComments: 'Die Kommentare, ohne Formular',
    showsNothing: 'Nichts',
    reason: 'Grund',
    reasonHint: 'Die Inhaber lesen ihn.',
    tenantIsSuspended: 'Der Mandant dieser Website ist gesperrt und damit alle seine Websites.',
    act: 'Für diesen Mandanten handeln…',
    actHint:
      'Sie kommen für eine Weile herein. Das Protokoll des Mandanten zeigt, dass Sie kamen, warum, was Sie änderten und dass ' +
      'Sie gingen. Sie sehen keine Geheimnisse und geben niemandem Rechte.',
    actRole: 'Als',
    actTime: 'Für',
    actReasonHint: 'Die Inhaber lesen ihn in ihrem Protokoll.',
    actSubmit: 'Hereinkommen',
    minutes: (n: number) => count(n, 'Minute', 'Minuten'),
    tenants: {
      title: 'Mandanten',
      lead: 'Wer hier Websites hat, die neuesten zuerst.',
      one: 'Mandant',
      searchHint: 'Name, Kennung, E-Mail-Adresse eines Mitglieds',
    },
    sites: {
      title: 'Websites',
      lead: 'Die Websites aller Mandanten, die neuesten zuerst.',
      one: 'Website',
      searchHint: 'Name, Schlüssel, Herkunft, Kennung',
    },
    accounts: {
      title: 'Konten',
      lead: 'Alle, die sich anmelden können, die neuesten zuerst.',
      searchHint: 'Name, E-Mail-Adresse, Kennung',
      sessions: (n: number) => (n === 0 ? 'Nicht angemeldet' : `Angemeldet: ${count(n, 'Sitzung', 'Sitzungen')}`),
      sessionsHint: 'Beenden meldet das Konto überall sofort ab.',
      signOut: 'Alle Sitzungen beenden…',
      make: 'Zum Betreiber machen…',
      unmake: 'Nicht mehr Betreiber…',
      isOperator: 'Steht über allen Mandanten und sieht diesen Bereich.',
      isNoOperator: 'Sieht nur die Mandanten, in denen es Mitglied ist.',
      mayEnter: 'Nicht gesperrt. Eine Sperre beendet sofort die Sitzungen und sperrt die API-Schlüssel.',
      notOneself: 'Ein anderer Betreiber kann dieses Konto sperren; niemand sperrt sich selbst.',
      nowhere: 'In keinem Mandanten Mitglied.',
      suspendHint: 'Die Sitzungen enden, und die API-Schlüssel werden sofort abgewiesen.',
      reasonHint: 'Wer sich mit dem Konto anmeldet, liest ihn.',
      confirm: 'Ausführen',
      asked: {
        signOut: { title: 'Alle Sitzungen beenden?', text: 'Wer das Konto nutzt, muss sich neu anmelden.' },
        makeOperator: {
          title: 'Dieses Konto zum Betreiber machen?',
          text: 'Es darf dann alles, was Sie hier dürfen.',
        },
        unmakeOperator: { title: 'Die Rechte des Betreibers nehmen?', text: 'Das Konto behält seine Mandanten.' },
        resume: {
          title: 'Dieses Konto wieder hereinlassen?',
          text: 'Es kann sich anmelden, und seine API-Schlüssel gelten wieder.',
        },
      },
    },
    plans: {
      title: 'Tarife',
      lead: 'Was Mandanten haben dürfen. Ohne Tarife gibt es keine Grenzen.',
      create: 'Neuer Tarif',
      edit: 'Bearbeiten',
      editOf: (name: string) => `„${name}“ bearbeiten`,
      delete: 'Löschen',
      deleteOf: (name: string) => `„${name}“ löschen`,
      deleteText: 'Mandanten, die ihn haben, bekommen den Standardtarif; verloren geht ihnen nichts.',
      none: 'Noch kein Tarif',
      noneHint: 'Jeder Mandant darf von allem so viel haben, wie er will.',
      name: 'Name',
      megabytes: 'Speicher in Megabyte',
      emptyIsUnlimited: 'Leer: keine Grenze.',
      unlimited: 'ohne Grenze',
      isDefault: 'Standard',
      makeDefault: 'Für Mandanten ohne anderen Tarif',
      submit: 'Speichern',
    },
    announcements: {
      title: 'Mitteilungen',
      lead: 'Was alle Mitglieder eine Zeit lang oben auf jeder Seite lesen.',
      create: 'Neue Mitteilung',
      edit: 'Bearbeiten',
      end: 'Beenden',
      remove: 'Entfernen',
      none: 'Noch nichts mitgeteilt',
      noneHint: 'Eine Wartung, eine neue Version, neue Bedingungen: Sagen Sie es hier.',
      kind: 'Art',
      kinds: { info: 'Hinweis', warning: 'Warnung' },
      standings: { shown: 'Wird gezeigt', planned: 'Geplant', over: 'Vorbei' },
      text: 'Text',
      textHint: 'Schlichte Worte, bis zu 500 Zeichen.',
      link: 'Link zu mehr (optional)',
      starts: 'Von',
      ends: 'Bis',
      submit: 'Speichern',
    },
    jobs: {
      title: 'Aufträge',
      lead: 'Arbeit, die im Hintergrund erledigt wird.',
      standings: { waiting: 'Wartend', running: 'In Arbeit', failed: 'Gescheitert' },
      oldest: 'ältester:',
      due: 'fällig',
      site: 'seine Website',
      attempts: (n: number) => count(n, 'Versuch', 'Versuche'),
      none: 'Nichts zu tun',
      noneHint: 'Einen solchen Auftrag gibt es nicht.',
      retry: 'Noch einmal versuchen',
      retried: 'Er wird noch einmal versucht.',
      drop: 'Verwerfen…',
      dropOf: (kind: string) => `Den Auftrag „${kind}“ verwerfen?`,
      dropText: 'Was er tun sollte, bleibt ungetan und kann hier nicht wieder verlangt werden.',
    },
  },
};
