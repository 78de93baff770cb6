-- The rules of the tables that each order writes, as domains (docs/decisions/0012-rules-are-domains.md). A table's
-- checks are read anew by every statement that writes to it, and all of them are asked for every row that changes. A
-- domain's are read once in a session, and asked when something is assigned to the column.
--
-- No table and no index is written anew, and none is read but for a sample at the end:
--
--   - a column takes its domain while that has no check yet, so PostgreSQL knows that nothing changes;
--   - the domain's check comes after that and isn't validated. The table's check that it replaces stood until
--     now and held for every row, so there is nothing to find;
--   - payout_attempt.state and notification_delivery.state stay text: partial indexes ask for them, and PostgreSQL
--     would make those anew. Their tables' checks cast to a domain instead.
--
-- Where a rule is about several columns, the table's check joins them and casts to a domain that has the list. What
-- may hold any text comes last, so that two different rows never read the same. "::text" is written out: without it
-- PostgreSQL joins by a function in SQL, which it reads anew as well.

-- ---------------------------------------------------------------- the views let go of the columns
--
-- Emptied for a moment rather than dropped: whoever may read them still may, and views upon them stay.
create or replace view ledger_entry as
    select null::uuid as cause, null::smallint as step, null::text as kind, null::timestamptz as at,
           null::text as currency, null::bigint as account_id, null::text as balance, null::bigint as amount;
create or replace view withdrawal_step as
    select null::uuid as withdrawal_id, null::integer as version, null::text as from_status, null::text as to_status,
           null::text as reason, null::text as actor, null::timestamptz as at;
drop trigger account_waits_for_registrations on account;

-- ---------------------------------------------------------------- columns

create domain account_kind as text;
create domain account_status as text;
create domain account_balance as bigint;
create domain owner_name as text;
create domain currency_code as text;
create domain amount_moved as bigint;
create domain fee_or_none as bigint;
create domain order_status as text;
create domain version_number as integer;
create domain attempt_number as smallint;
create domain message_source as text;
create domain message_kind as text;
create domain number_of_tries as integer;
create domain short_error as text;

alter table account
    drop constraint account_kind_check,
    drop constraint account_owner_check,
    drop constraint account_currency_check,
    drop constraint account_status_check,
    drop constraint user_balances_are_never_negative,
    drop constraint system_accounts_store_no_balance,
    alter column kind type account_kind collate "C",
    alter column owner type owner_name collate "C",
    alter column currency type currency_code collate "C",
    alter column status type account_status,
    alter column available type account_balance,
    alter column held type account_balance;

alter table transfer
    drop constraint transfer_amount_check,
    drop constraint transfer_currency_check,
    drop constraint a_step_is_one_of_its_kind,
    drop constraint only_holds_stay_within_one_account,
    alter column amount type amount_moved,
    alter column currency type currency_code;

alter table withdrawal
    drop constraint withdrawal_user_id_check,
    drop constraint withdrawal_amount_check,
    drop constraint withdrawal_fee_check,
    drop constraint withdrawal_currency_check,
    drop constraint withdrawal_status_check,
    drop constraint withdrawal_version_check,
    alter column user_id type owner_name,
    alter column amount type amount_moved,
    alter column fee type fee_or_none,
    alter column currency type currency_code,
    alter column status type order_status,
    alter column version type version_number;

alter table withdrawal_history
    drop constraint history_holds_legal_moves_only,
    alter column version type version_number,
    alter column from_status type order_status,
    alter column to_status type order_status;

alter table payout_attempt
    drop constraint payout_attempt_number_check,
    drop constraint payout_attempt_state_check,
    drop constraint what_is_final_is_not_due,
    drop constraint what_is_final_hands_nothing_over,
    alter column number type attempt_number;

alter table channel_message
    drop constraint channel_message_source_check,
    drop constraint channel_message_kind_check,
    alter column source type message_source,
    alter column kind type message_kind;

alter table notification_delivery
    drop constraint notification_delivery_state_check,
    drop constraint notification_delivery_tries_check,
    drop constraint notification_delivery_last_error_check,
    drop constraint pending_deliveries_are_due,
    drop constraint only_pending_deliveries_are_leased,
    alter column tries type number_of_tries,
    alter column last_error type short_error;

-- ---------------------------------------------------------------- their rules

alter domain account_kind add constraint account_kind_check check (
    value = any ('{USER,FUNDING,FEES,CLEARING,BANK,RECEIVABLE}'::text[])) not valid;
alter domain account_status add constraint account_status_check check (
    value = any ('{ACTIVE,FROZEN,CLOSED}'::text[])) not valid;
-- A system account's is zero, see below.
alter domain account_balance add constraint user_balances_are_never_negative check (value >= 0) not valid;
alter domain owner_name add constraint owner_name_check check (length(value) between 1 and 64) not valid;
alter domain currency_code add constraint currency_code_check check (value collate "C" ~ '^[A-Z]{3}$') not valid;
alter domain amount_moved add constraint amount_moved_check check (value > 0) not valid;
alter domain fee_or_none add constraint fee_or_none_check check (value >= 0) not valid;
alter domain order_status add constraint order_status_check check (
    value = any ('{PENDING,REVIEW,PROCESSING,SUCCESS,FAILED,CANCELLED,REFUNDED}'::text[])) not valid;
alter domain version_number add constraint version_number_check check (value >= 1) not valid;
alter domain attempt_number add constraint attempt_number_check check (value >= 1) not valid;
alter domain message_source add constraint message_source_check check (
    value = any ('{REPLY,QUERY,CALLBACK,STATEMENT}'::text[])) not valid;
alter domain message_kind add constraint message_kind_check check (
    value = any ('{ACCEPTED,PAID,REFUSED,UNKNOWN,RETURNED}'::text[])) not valid;
alter domain number_of_tries add constraint number_of_tries_check check (value >= 0) not valid;
alter domain short_error add constraint short_error_check check (length(value) <= 200) not valid;

-- ---------------------------------------------------------------- rules about several columns

-- One of two, where no balance is negative: no bit is set in either. A sum could overflow.
alter table account
    add constraint system_accounts_store_no_balance check ((available | held) = 0 or kind = 'USER') not valid;

-- Its step, whether it stays within one account, its kind. A hold ends once: it is either posted or released.
create domain transfer_step as text constraint a_step_is_one_of_its_kind check (
    value = any ('{1falseTOP_UP,1trueHOLD,2falsePOST,2trueRELEASE,3falseFEE,4falseREFUND,5falseSHORTFALL,
        6falseRECEIVABLE}'::text[])
    or value collate "C" ~ '^[1-9][0-9]*falseMATCH$'
    or value collate "C" ~ '^[1-9][0-9]+false(CORRECTION|RESOLUTION)$');
alter table transfer
    add constraint a_step_is_one_of_its_kind check (
        (step::text || (debit_account = credit_account)::text || kind)::transfer_step is not null) not valid;

-- Version 1 comes from nowhere: the first step of an order of before V27.
create domain legal_move as text constraint history_holds_legal_moves_only check (
    value = any ('{
        PENDING,
        PENDING REVIEW, REVIEW PENDING, REVIEW FAILED, PENDING FAILED, PENDING CANCELLED,
        REVIEW CANCELLED, PENDING PROCESSING, PROCESSING SUCCESS, PROCESSING FAILED,
        SUCCESS REFUNDED}'::text[]));
alter table withdrawal_history
    add constraint history_holds_legal_moves_only check (
        (version = 1) = (from_status is null)
        and (coalesce(from_status || ' ', '') || to_status)::legal_move is not null) not valid;

create domain attempt_state as text constraint attempt_state_check check (
    value = any ('{SENT,ACCEPTED,UNKNOWN,PAID,REFUSED}'::text[]));
create domain live_attempt_state as text constraint what_is_final_is_not_due check (
    value = any ('{SENT,ACCEPTED,UNKNOWN}'::text[]));
-- What is final hands nothing over, either. That a hand-over ends is as it was: a_hand_over_ends.
alter table payout_attempt
    add constraint what_is_final_is_not_due check (
        case when due_at is null and hand_over is null then state::attempt_state else state::live_attempt_state end
        is not null) not valid;

create domain ended_delivery as text constraint pending_deliveries_are_due check (
    value = any ('{DELIVERED,GIVEN_UP}'::text[]));
alter table notification_delivery
    add constraint only_pending_deliveries_are_due check (
        case when due_at is null then leased_until is null and state::ended_delivery is not null
             else state = 'PENDING' end) not valid;

-- ---------------------------------------------------------------- views and trigger as they were

create or replace view ledger_entry as
    select cause, step, kind, at, currency::text as currency, debit_account as account_id,
           case when kind in ('POST', 'FEE', 'RELEASE') then 'held' else 'available' end as balance,
           -amount as amount
      from transfer
    union all
    select cause, step, kind, at, currency::text, credit_account,
           case when kind = 'HOLD' then 'held' else 'available' end,
           amount
      from transfer;
create or replace view withdrawal_step as
    select id as withdrawal_id, 1 as version, null::text as from_status, 'PENDING'::text as to_status,
           null::text as reason, user_id as actor, created_at as at
      from withdrawal
    union all
    select withdrawal_id, version, from_status, to_status, reason, actor, at
      from withdrawal_history
     where version > 1;
create trigger account_waits_for_registrations before insert on account
    for each row when (new.kind = 'USER') execute function account_opens();

-- With a column's type PostgreSQL forgets what it knew of its values. Nothing is known of a table that is empty, and
-- that is better than to know that it is: plans are kept while it grows.
do $$
declare
    name text;
    filled boolean;
begin
    foreach name in array '{account,transfer,withdrawal,withdrawal_history,payout_attempt,channel_message,
            notification_delivery}'::text[] loop
        execute format('select exists (select from %I)', name) into filled;
        if filled then
            execute format('analyze %I', name);
        end if;
    end loop;
end $$;
