-- Spreads a Parlour database over the nodes of a Citus cluster, by site: docs/distributed.md says when, and how it was tried.
--
--   parlour migrate, every node stopped, then:  psql --single-transaction -v ON_ERROR_STOP=1 -f citus.sql DATABASE_URL
--
-- tests/http/distributed.rs runs this file over the schema of this version and holds both to Citus's rules. It names each table that has a
-- site; a table that a later version adds stays on the coordinator until it is distributed.

-- What every site's rows point at, and what is unique over all sites: a copy on each node. Seldom written.
SELECT create_reference_table('account');
SELECT create_reference_table('tenant');
SELECT create_reference_table('site');
SELECT create_reference_table('site_key');

-- A key that is unique over all sites cannot be had of rows that are spread. Ids are UUIDs, so nothing has to watch over them; within its
-- site each is still unique. Two tokens of 256 random bits are not the same, either.
ALTER TABLE thread DROP CONSTRAINT thread_pkey;
ALTER TABLE thread_alias DROP CONSTRAINT thread_alias_pkey;
ALTER TABLE import_batch DROP CONSTRAINT import_batch_pkey;
ALTER TABLE comment DROP CONSTRAINT comment_pkey;
ALTER TABLE vote DROP CONSTRAINT vote_pkey;
ALTER TABLE reaction DROP CONSTRAINT reaction_pkey;
ALTER TABLE report DROP CONSTRAINT report_pkey;
ALTER TABLE event DROP CONSTRAINT event_pkey;
ALTER TABLE idempotency DROP CONSTRAINT idempotency_pkey;
ALTER TABLE commenter DROP CONSTRAINT commenter_pkey;
ALTER TABLE subscription DROP CONSTRAINT subscription_pkey, DROP CONSTRAINT subscription_token_hash_key;
CREATE INDEX subscription_token_hash ON subscription (token_hash);
ALTER TABLE follow_entry DROP CONSTRAINT follow_entry_pkey;
ALTER TABLE watcher DROP CONSTRAINT watcher_pkey;
ALTER TABLE digest_entry DROP CONSTRAINT digest_entry_pkey;
ALTER TABLE spent_link DROP CONSTRAINT spent_link_pkey;
ALTER TABLE mine_link DROP CONSTRAINT mine_link_pkey, DROP CONSTRAINT mine_link_token_hash_key;
CREATE INDEX mine_link_token_hash ON mine_link (token_hash);
ALTER TABLE mail_text DROP CONSTRAINT mail_text_pkey;
ALTER TABLE site_origin DROP CONSTRAINT site_origin_pkey;
ALTER TABLE refused_origin DROP CONSTRAINT refused_origin_pkey;
ALTER TABLE trouble DROP CONSTRAINT trouble_pkey;
ALTER TABLE site_day DROP CONSTRAINT site_day_pkey;
ALTER TABLE site_day_part DROP CONSTRAINT site_day_part_pkey;

-- By which rows are told apart when a shard moves to another node.
ALTER TABLE thread REPLICA IDENTITY USING INDEX thread_site_id_id_key;
ALTER TABLE thread_alias REPLICA IDENTITY USING INDEX thread_alias_site_id_id_key;
ALTER TABLE import_batch REPLICA IDENTITY USING INDEX import_batch_site_id_id_key;
ALTER TABLE comment REPLICA IDENTITY USING INDEX comment_site_id_id_key;
ALTER TABLE vote REPLICA IDENTITY USING INDEX vote_site_id_id_key;
ALTER TABLE reaction REPLICA IDENTITY USING INDEX reaction_site_id_id_key;
ALTER TABLE report REPLICA IDENTITY USING INDEX report_site_id_id_key;
ALTER TABLE event REPLICA IDENTITY USING INDEX event_site_id_id_key;
ALTER TABLE idempotency REPLICA IDENTITY USING INDEX idempotency_site_id_id_key;
ALTER TABLE commenter REPLICA IDENTITY USING INDEX commenter_site_id_id_key;
ALTER TABLE subscription REPLICA IDENTITY USING INDEX subscription_site_id_id_key;
ALTER TABLE follow_entry REPLICA IDENTITY USING INDEX follow_entry_site_id_id_key;
ALTER TABLE watcher REPLICA IDENTITY USING INDEX watcher_site_id_id_key;
ALTER TABLE digest_entry REPLICA IDENTITY USING INDEX digest_entry_site_id_id_key;
ALTER TABLE spent_link REPLICA IDENTITY USING INDEX spent_link_site_id_id_key;
ALTER TABLE mine_link REPLICA IDENTITY USING INDEX mine_link_site_id_id_key;
ALTER TABLE mail_text REPLICA IDENTITY USING INDEX mail_text_site_id_id_key;
ALTER TABLE site_origin REPLICA IDENTITY USING INDEX site_origin_site_id_id_key;
ALTER TABLE refused_origin REPLICA IDENTITY USING INDEX refused_origin_site_id_id_key;
ALTER TABLE trouble REPLICA IDENTITY USING INDEX trouble_site_id_id_key;
ALTER TABLE site_day REPLICA IDENTITY USING INDEX site_day_site_id_id_key;
ALTER TABLE site_day_part REPLICA IDENTITY USING INDEX site_day_part_site_id_id_key;

-- Spread by site, what points after what it points at. All of a site is on one node.
SELECT create_distributed_table('site_counter', 'site_id');
SELECT create_distributed_table('thread', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('thread_alias', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('import_batch', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('comment', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('vote', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('reaction', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('report', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('event', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('idempotency', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('commenter', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('subscription', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('follow_entry', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('watcher', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('digest_entry', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('spent_link', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('mine_link', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('mail_text', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('site_origin', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('refused_origin', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('trouble', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('site_day', 'site_id', colocate_with => 'site_counter');
SELECT create_distributed_table('site_day_part', 'site_id', colocate_with => 'site_counter');

-- Everything else stays on the coordinator: people and what belongs to a tenant, and the tables that workers claim from over all sites
-- (job, webhook), which Citus cannot lock where they are spread.
