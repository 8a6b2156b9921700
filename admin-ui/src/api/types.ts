/** The wire's types under the names that the screens use. The one place to touch if a schema is renamed. */
import type { components, operations } from './schema';

type Schemas = components['schemas'];
/** The JSON body of an operation's good answer. */
type Answer<Name extends keyof operations> = operations[Name]['responses'] extends {
  200: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

export type Account = Schemas['Account'];
export type Session = Schemas['Session'];
export type OpenSession = Schemas['OpenSession'];
export type EmailChange = Schemas['EmailChange'];
export type EmailChangeLink = Schemas['EmailChangeLink'];
export type OpenedWith = OpenSession['opened_with'];
export type SignInStep = Schemas['SignInStep'];
export type SecondFactor = Schemas['SecondFactor'];
export type Confirmation = Schemas['Confirmation'];
export type PasskeyChallenge = Schemas['PasskeyChallenge'];
export type PasskeyAnswer = Schemas['PasskeyAnswer'];
export type Passkey = Schemas['Passkey'];
export type Factors = Schemas['Factors'];
export type NoPasskeys = NonNullable<Factors['no_passkeys']>;
export type TotpSetup = Schemas['TotpSetup'];
export type Tenant = Schemas['Tenant'];
export type Role = Tenant['role'];
export type Member = Schemas['Member'];
export type Invitation = Schemas['Invitation'];
export type InvitationMade = Schemas['InvitationMade'];
export type ApiKey = Schemas['ApiKey'];
export type Webhook = Schemas['Webhook'];
export type WebhookEvent = Schemas['WebhookEvent'];
export type WebhookFormat = Schemas['WebhookFormat'];
export type WebhookPurpose = Schemas['WebhookPurpose'];
export type WebhookMade = Schemas['WebhookMade'];
export type Delivery = Schemas['Delivery'];
export type DeliveryState = Schemas['DeliveryState'];
export type DeliveryRecord = Schemas['DeliveryRecord'];
export type Scope = ApiKey['scopes'][number];
export type Offer = Schemas['Offer'];
export type AuditEntry = Schemas['AuditEntry'];
export type Site = Schemas['Site'];
export type SiteStanding = NonNullable<NonNullable<operations['site_list']['parameters']['query']>['standing']>;
export type SiteSettings = Schemas['SiteSettings'];
export type CopiedSettings = Answer<'site_settings_copy'>;
export type FormerKey = Schemas['FormerKey'];
export type AuditChange = Schemas['AuditChange'];
export type Moderation = SiteSettings['moderation'];
export type Votes = SiteSettings['votes'];
export type ThreadsOpen = SiteSettings['threads_open'];
export type SigningKey = Answer<'signing_key_read'>;
export type Origin = Schemas['Origin'];
export type Me = Answer<'account_read'>;
export type Commenter = Schemas['Commenter'];
export type Overview = Schemas['Overview'];
export type Statistics = Schemas['Statistics'];
export type Figures = Schemas['Figures'];
export type Installation = Answer<'installation_read'>;
export type Trouble = Schemas['Trouble'];
export type PageCheck = Schemas['PageCheck'];
export type PageFinding = PageCheck['findings'][number];
export type AdminComment = Schemas['AdminComment'];
export type CommentState = AdminComment['state'];
export type CommentPage = Answer<'comment_list'>;
export type CommentHistory = Answer<'comment_read'>;
export type CommentEvent = CommentHistory['events'][number];
export type Decision = operations['comment_decide']['requestBody']['content']['application/json']['decision'];
export type Decided = Answer<'comment_decide'>['results'][number];
export type Report = Answer<'comment_reports'>['reports'][number];
export type ThreadPage = Answer<'thread_list'>;
export type Thread = ThreadPage['threads'][number];
export type ThreadRecord = Answer<'thread_inspect'>;
export type ThreadEvent = ThreadRecord['events'][number];
export type PinnedComment = ThreadRecord['pinned'][number];
export type ThreadUpdate = operations['thread_update']['requestBody']['content']['application/json'];
export type ThreadStanding = NonNullable<NonNullable<operations['thread_list']['parameters']['query']>['state']>;
export type ThreadPlace = operations['thread_move']['requestBody']['content']['application/json']['to'];
export type ThreadChange = Answer<'thread_move'>;
export type ThreadWarning = ThreadChange['warnings'][number];

export type MailFailing = Schemas['MailFailing'];
export type MailText = Schemas['MailText'];
export type MailTextOfKind = Schemas['MailTextOfKind'];
export type MailTextKind = Schemas['MailTextKind'];

export type WatchedSite = Schemas['WatchingOfSite'];
export type Wants = WatchedSite['wants'];

export type ActingFor = Schemas['ActingFor'];
export type Announcement = Schemas['Announcement'];
export type QuotaUse = Schemas['QuotaUse'];
export type Quota = QuotaUse['quota'];
export type OperatorTenant = Schemas['OperatorTenant'];
export type OperatorTenantRecord = Schemas['OperatorTenantRecord'];
export type OperatorSite = Schemas['OperatorSite'];
export type OperatorAccount = Schemas['OperatorAccount'];
export type OperatorSuspension = Schemas['OperatorSuspension'];
export type OperatorAnnouncement = Schemas['OperatorAnnouncement'];
export type NewAnnouncement = Schemas['NewAnnouncement'];
export type OperatorBound = Schemas['OperatorBound'];
export type OperatorSetting = Schemas['OperatorSetting'];
export type OwnQuota = Schemas['OwnQuota'];
export type NewBound = Schemas['NewBound'];
export type SettingBound = Schemas['SettingBound'];
export type Plan = Schemas['Plan'];
export type NewPlan = Schemas['NewPlan'];
export type Job = Schemas['Job'];
export type JobStanding = Job['standing'];
export type MailStanding = Schemas['MailStanding'];
export type MailOutcome = Schemas['MailOutcome'];
export type Bounce = Schemas['Bounce'];
export type BounceKind = Bounce['kind'];

export type ErrorCode = Schemas['ErrorCode'];
export type FieldCode = Schemas['FieldCode'];
export type ProblemBody = Schemas['Problem'];
export type FieldError = NonNullable<ProblemBody['errors']>[number];
