import { Alert, Anchor, MultiSelect, NativeSelect, SimpleGrid, Text, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { SETTINGS } from '~/api/known';
import { useLocale, useWords } from '~/locales/locale';
import { ChoiceCards } from '~/parts/choice-cards';
import { Icon } from '~/parts/icon';
import { LanguageSelect } from '~/parts/language-select';
import { ModerationCards } from '~/parts/moderation-cards';
import { useSite } from '../page';
import { BASICS, ELEMENT_GROUPS, type ElementGroup } from './elements';
import { readParameter, readPattern, readPrefix } from './entries';
import { ListField, NumberField, Section, SwitchField, useSaid } from './fields';
import type { Form, Numeric, Values } from './form';
import { TimeZoneSelect } from './time-zone-select';
import { ReactionsInput } from './reactions-input';

type Props = { form: Form; disabled: boolean };

export function General({ form, disabled }: Props) {
  const { settings: words } = useWords();
  const [language, zone] = [useSaid('language'), useSaid('time_zone')];
  return (
    <Section id="general">
      <TextInput label={words.name} description={words.nameHint} required {...form.getInputProps('name')} />
      <LanguageSelect
        label={words.language}
        description={`${words.languageHint} ${language.note}`}
        value={form.values.language}
        onChange={(language) => form.setFieldValue('language', language as Values['language'])}
        error={form.errors['language']}
        path="language"
        disabled={disabled || language.isFixed}
      />
      <TimeZoneSelect
        label={words.timeZone}
        description={`${words.timeZoneHint} ${zone.note}`}
        value={form.values.time_zone}
        onChange={(zone) => form.setFieldValue('time_zone', zone)}
        error={form.errors['time_zone']}
        path="time_zone"
        disabled={disabled || zone.isFixed}
      />
    </Section>
  );
}

export function ModerationSection({ form }: Props) {
  const { settings: words } = useWords();
  const { moderation, reports } = form.values;
  const said = useSaid('moderation');
  return (
    <Section id="moderation">
      <ModerationCards
        label={words.shown}
        description={said.note}
        disabled={said.isFixed}
        offered={said.offered}
        value={moderation}
        onChange={(mode) => form.setFieldValue('moderation', mode)}
      />
      {(moderation === 'links' || isUnsettled(form, 'links_to_hold')) && (
        <NumberField form={form} field="links_to_hold" label={words.linksToHold} hint={words.linksToHoldHint} />
      )}
      <SwitchField form={form} field="reports" label={words.reports} hint={words.reportsHint} />
      {(reports || isUnsettled(form, 'reports_to_hold')) && (
        <NumberField
          form={form}
          field="reports_to_hold"
          label={words.reportsToHold}
          hint={words.reportsToHoldHint}
          meaning={words.reportsToHoldMeans}
        />
      )}
    </Section>
  );
}

export function Writing({ form }: Props) {
  const { locale, words: all } = useLocale();
  const { settings: words } = all;
  const [notice, consent] = [useSaid('notice'), useSaid('consent')];
  return (
    <Section id="writing">
      <SwitchField form={form} field="require_name" label={words.requireName} hint={words.requireNameHint} />
      <SwitchField form={form} field="require_email" label={words.requireEmail} hint={words.requireEmailHint} />
      <SignIns form={form} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberField form={form} field="min_text_length" label={words.minLength} hint={words.minLengthHint} />
        <NumberField form={form} field="max_text_length" label={words.maxLength} hint={words.maxLengthHint} />
      </SimpleGrid>
      <NumberField
        form={form}
        field="edit_minutes"
        label={words.editMinutes}
        hint={words.editMinutesHint}
        meaning={(minutes) => (minutes === 0 ? words.editNever : words.editMeans(duration(minutes, locale)))}
      />
      <Textarea
        label={words.notice}
        description={`${words.noticeHint} ${notice.note}`}
        disabled={notice.isFixed}
        maxLength={SETTINGS.notice.longest}
        rows={3}
        dir="auto"
        {...form.getInputProps('notice')}
      />
      <Textarea
        label={words.consent}
        description={`${words.consentHint} ${consent.note}`}
        disabled={consent.isFixed}
        placeholder={words.consentPlaceholder}
        maxLength={SETTINGS.consent.longest}
        rows={2}
        dir="auto"
        {...form.getInputProps('consent')}
      />
    </Section>
  );
}

export function Markup({ form, disabled }: Props) {
  const { settings: words } = useWords();
  const { images, elements } = form.values;
  const said = useSaid('elements');
  const groups = Object.keys(ELEMENT_GROUPS) as ElementGroup[];
  const known = groups.flatMap((group) => [...ELEMENT_GROUPS[group]]) as string[];
  const others = elements.filter((element) => !known.includes(element));
  return (
    <Section id="markup" lead={words.markupLead}>
      <SwitchField form={form} field="images" label={words.images} hint={words.imagesHint} />
      {images && (
        <Alert color="yellow" icon={<Icon name="alert" />} title={words.imagesPrivacy}>
          {words.imagesPrivacyHint}
        </Alert>
      )}
      <MultiSelect
        label={words.elements}
        description={`${words.elementsHint} ${said.note}`}
        placeholder={elements.length === 0 ? words.elementsAll : undefined}
        data={[
          ...groups.map((group) => ({ group: words.elementGroups[group], items: [...ELEMENT_GROUPS[group]] })),
          // Parts of tables, which another client may have named.
          ...(others.length > 0 ? [{ group: words.elementGroups.tables, items: others }] : []),
        ]}
        value={elements}
        onChange={(chosen) => {
          // Whoever begins to choose would not think of paragraphs.
          const isFirst = elements.length === 0 && chosen.length > 0;
          const all = isFirst ? [...new Set([...BASICS, ...chosen])] : chosen;
          form.setFieldValue('elements', all as Values['elements']);
        }}
        searchable
        clearable
        hidePickedOptions
        disabled={disabled || said.isFixed}
        nothingFoundMessage={words.elementsNone}
        clearButtonProps={{ 'aria-label': words.elementsClear }}
        maxDropdownHeight={280}
        data-path="elements"
        error={form.errors['elements']}
      />
    </Section>
  );
}

export function Reading({ form }: Props) {
  const { settings: words, sorts } = useWords();
  const { oldest, newest, best, discussed } = sorts;
  const said = useSaid('sort');
  return (
    <Section id="reading">
      <NativeSelect
        label={words.sort}
        description={`${words.sortHint} ${said.note}`}
        disabled={said.isFixed}
        data={Object.entries({ oldest, newest, best, discussed }).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('sort')}
      />
      {form.values.sort === 'best' && form.values.votes === 'none' && (
        <Alert color="yellow" icon={<Icon name="info" />}>
          {words.bestWithoutVotes}
        </Alert>
      )}
      <NumberField
        form={form}
        field="max_depth"
        label={words.maxDepth}
        hint={words.maxDepthHint}
        meaning={words.maxDepthMeans}
      />
      <SwitchField form={form} field="live" label={words.live} hint={words.liveHint} />
    </Section>
  );
}

export function VotesSection({ form, disabled }: Props) {
  const { settings: words, votes } = useWords();
  const { both, likes, none } = votes;
  const said = useSaid('votes');
  return (
    <Section id="votes">
      <ChoiceCards
        label={words.votes}
        description={said.note}
        disabled={said.isFixed}
        offered={said.offered}
        columns={3}
        value={form.values.votes}
        onChange={(choice) => form.setFieldValue('votes', choice)}
        choices={{ both, likes, none }}
      />
      <ReactionsInput
        value={form.values.reactions}
        onChange={(reactions) => form.setFieldValue('reactions', reactions)}
        error={form.errors['reactions']}
        disabled={disabled}
      />
    </Section>
  );
}

export function Closing({ form }: Props) {
  const { settings: words } = useWords();
  return (
    <Section id="closing">
      <NumberField
        form={form}
        field="close_after_days"
        label={words.closeAfter}
        hint={words.closeAfterHint}
        meaning={words.closeAfterMeans}
      />
      <SwitchField form={form} field="read_only" label={words.siteReadOnly} hint={words.siteReadOnlyHint} />
      {form.values.read_only && (
        <Alert color="yellow" icon={<Icon name="lock" />} title={words.siteReadOnlyOn}>
          {words.siteReadOnlyOnHint}
        </Alert>
      )}
    </Section>
  );
}

function SignIns({ form }: Pick<Props, 'form'>) {
  const { settings: words, signIns } = useWords();
  const { off, offered, required } = signIns;
  const said = useSaid('sign_in');
  return (
    <ChoiceCards
      label={words.signIn}
      description={said.note}
      disabled={said.isFixed}
      offered={said.offered}
      value={form.values.sign_in}
      onChange={(choice) => form.setFieldValue('sign_in', choice)}
      choices={{ off, offered, required }}
    />
  );
}

export function Opening({ form, disabled }: Props) {
  const { settings: words, threadsOpen } = useWords();
  const site = useSite();
  const { any, patterns, signed } = threadsOpen;
  const { threads_open: rule, thread_patterns: listed } = form.values;
  const said = useSaid('threads_open');
  return (
    <Section id="opening" lead={words.openingLead}>
      <ChoiceCards
        label={words.threadsOpen}
        description={said.note}
        disabled={said.isFixed}
        offered={said.offered}
        value={rule}
        onChange={(choice) => form.setFieldValue('threads_open', choice)}
        choices={{ any, patterns, signed }}
      />
      {(rule === 'patterns' || listed.length > 0) && (
        <ListField
          form={form}
          field="thread_patterns"
          label={words.patterns}
          hint={rule === 'patterns' ? words.patternsHint : words.patternsUnused}
          placeholder={`${site.origins[0]?.origin.replace('*.', 'www.') ?? 'https://blog.example'}/posts/*`}
          read={readPattern}
          invalid={words.patternInvalid}
          disabled={disabled}
        />
      )}
      {rule === 'signed' && (
        <Text size="sm">
          {words.signedHint}{' '}
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => (
              <Link
                to="/t/$tenantId/sites/$siteId/signing-key"
                params={{ tenantId: site.tenant_id, siteId: site.id }}
                {...props}
              />
            )}
          >
            {words.toSigningKey}
          </Anchor>
        </Text>
      )}
    </Section>
  );
}

export function Addresses({ form, disabled }: Props) {
  const { settings: words } = useWords();
  return (
    <Section id="addresses" lead={words.addressesLead}>
      <ListField
        form={form}
        field="url_ignored_parameters"
        label={words.ignoredParameters}
        hint={words.ignoredParametersHint}
        placeholder="ref"
        read={readParameter}
        invalid={words.parameterInvalid}
        disabled={disabled}
      />
      <ListField
        form={form}
        field="url_language_prefixes"
        label={words.languagePrefixes}
        hint={words.languagePrefixesHint}
        placeholder="en"
        read={readPrefix}
        invalid={words.prefixInvalid}
        disabled={disabled}
      />
      <SwitchField form={form} field="url_keep_slash" label={words.keepSlash} hint={words.keepSlashHint} />
      <SwitchField form={form} field="url_keep_index" label={words.keepIndex} hint={words.keepIndexHint} />
      <SwitchField form={form} field="url_keep_scheme" label={words.keepScheme} hint={words.keepSchemeHint} />
      <Text size="sm" c="dimmed">
        {words.addressesChange}
      </Text>
    </Section>
  );
}

export function Privacy({ form }: Props) {
  const { settings: words } = useWords();
  const salt = useSaid('hash_salt');
  return (
    <Section id="privacy">
      <NumberField form={form} field="address_days" label={words.addressDays} hint={words.addressDaysHint} />
      <TextInput
        label={words.hashSalt}
        description={`${words.hashSaltHint} ${salt.note}`}
        maxLength={SETTINGS.hash_salt.longest}
        spellCheck={false}
        autoComplete="off"
        {...form.getInputProps('hash_salt')}
      />
    </Section>
  );
}

export function Mail({ form }: Props) {
  const { settings: words } = useWords();
  const [sender, replyTo] = [useSaid('mail_sender'), useSaid('mail_reply_to')];
  return (
    <Section id="mail" lead={words.mailLead}>
      <TextInput
        label={words.mailSender}
        description={`${words.mailSenderHint} ${sender.note}`}
        maxLength={SETTINGS.mail_sender.longest}
        disabled={sender.isFixed}
        {...form.getInputProps('mail_sender')}
      />
      <TextInput
        type="email"
        label={words.mailReplyTo}
        description={`${words.mailReplyToHint} ${replyTo.note}`}
        maxLength={SETTINGS.mail_reply_to.longest}
        disabled={replyTo.isFixed}
        spellCheck={false}
        {...form.getInputProps('mail_reply_to')}
      />
      <SwitchField form={form} field="follow_by_mail" label={words.followByMail} hint={words.followByMailHint} />
    </Section>
  );
}

/** A number that hangs on a choice is shown without it, too, while it is wrong or not saved: it is sent all the same. */
function isUnsettled(form: Form, field: Numeric): boolean {
  return form.errors[field] !== undefined || form.isDirty(field);
}

/** "1 day 2 hours" */
function duration(minutes: number, locale: string): string {
  const parts: [unit: string, amount: number][] = [
    ['day', Math.floor(minutes / 1_440)],
    ['hour', Math.floor((minutes % 1_440) / 60)],
    ['minute', minutes % 60],
  ];
  return parts
    .filter(([, amount]) => amount > 0)
    .map(([unit, amount]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount))
    .join(' ');
}
