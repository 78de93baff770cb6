-- An order's first step is the order (docs/decisions/0010-the-first-step-is-the-order.md). It came to PENDING as
-- version 1, by user_id, at created_at; the row in withdrawal says so for ever. Accepting writes it no second time.
--
-- Orders of before have it as a row of history, too, and it stays: in the table, or in the archive. The view leaves it
-- out, so that each order tells it once. What is archived isn't in the view, but for the first step.
create view withdrawal_step as
    select id as withdrawal_id, 1 as version, null::text as from_status, 'PENDING'::text as to_status,
           null::text as reason, user_id as actor, created_at as at
      from withdrawal
    union all
    select withdrawal_id, version, from_status, to_status, reason, actor, at
      from withdrawal_history
     where version > 1;

-- So an order's created_at is history, as its user_id is, and changes no more. All else is as it was.
create or replace function check_withdrawal_moves() returns trigger language plpgsql as $$
declare
    bad record;
begin
    select o.id, o.status as old_status, n.status as new_status into bad
      from old_rows o join new_rows n on n.id = o.id
     where n.version <> o.version + (case when n.status = o.status then 0 else 1 end)
        or (n.status <> o.status and (o.status, n.status) not in (
            ('PENDING', 'REVIEW'), ('REVIEW', 'PENDING'), ('REVIEW', 'FAILED'), ('PENDING', 'FAILED'),
            ('PENDING', 'CANCELLED'), ('REVIEW', 'CANCELLED'), ('PENDING', 'PROCESSING'),
            ('PROCESSING', 'SUCCESS'), ('PROCESSING', 'FAILED'), ('SUCCESS', 'REFUNDED')))
        or n.amount <> o.amount or n.fee <> o.fee or n.currency <> o.currency or n.user_id <> o.user_id
        or n.account_id <> o.account_id or n.beneficiary_id <> o.beneficiary_id or n.key_hash <> o.key_hash
        or n.created_at <> o.created_at
     limit 1;
    if found then
        raise exception 'withdrawal % may not go from % to % in this way', bad.id, bad.old_status, bad.new_status
            using errcode = 'check_violation';
    end if;
    if (select count(*) from new_rows n join old_rows o on n.id = o.id) <> (select count(*) from old_rows) then
        raise exception 'a withdrawal keeps its id' using errcode = 'check_violation';
    end if;
    return null;
end $$;

-- ---------------------------------------------------------------- the same rules in fewer words
--
-- Each statement that writes a row reads the table's checks anew, from their text as trees. "x in ('A', 'B')" is a
-- constant per value there, "x = any ('{A,B}')" a single one. What they allow stays the same, but for one thing:
-- a move from nowhere with a version above 1 was let through, since null in a list is no "false". No code writes it.
--
-- Compared by its bytes, a currency's regular expression costs less than what V20 put in its place.
alter table transfer
    drop constraint a_step_is_one_of_its_kind,
    drop constraint only_holds_stay_within_one_account,
    drop constraint transfer_currency_check,
    -- a hold ends once: it is either posted or released
    add constraint a_step_is_one_of_its_kind check (
        kind || step::text = any ('{TOP_UP1,HOLD1,POST2,RELEASE2,FEE3,REFUND4,SHORTFALL5,RECEIVABLE6}'::text[])
        or (kind = 'MATCH' and step >= 1)
        or (kind = any ('{CORRECTION,RESOLUTION}'::text[]) and step >= 10)) not valid,
    add constraint only_holds_stay_within_one_account check (
        (kind = any ('{HOLD,RELEASE}'::text[])) = (debit_account = credit_account)) not valid,
    add constraint transfer_currency_check check (currency collate "C" ~ '^[A-Z]{3}$') not valid;
alter table transfer
    validate constraint transfer_currency_check,
    validate constraint a_step_is_one_of_its_kind,
    validate constraint only_holds_stay_within_one_account;

alter table withdrawal
    drop constraint withdrawal_status_check,
    drop constraint withdrawal_currency_check,
    add constraint withdrawal_currency_check check (currency collate "C" ~ '^[A-Z]{3}$') not valid,
    add constraint withdrawal_status_check check (
        status = any ('{PENDING,REVIEW,PROCESSING,SUCCESS,FAILED,CANCELLED,REFUNDED}'::text[])) not valid;
alter table withdrawal
    validate constraint withdrawal_currency_check,
    validate constraint withdrawal_status_check;

alter table account
    drop constraint account_kind_check,
    drop constraint account_status_check,
    add constraint account_kind_check check (
        kind = any ('{USER,FUNDING,FEES,CLEARING,BANK,RECEIVABLE}'::text[])) not valid,
    add constraint account_status_check check (status = any ('{ACTIVE,FROZEN,CLOSED}'::text[])) not valid;
alter table account
    validate constraint account_kind_check,
    validate constraint account_status_check;

alter table withdrawal_history
    drop constraint history_holds_legal_moves_only,
    add constraint history_holds_legal_moves_only check (
        (version = 1 and from_status is null and to_status = 'PENDING') -- an order's of before
        or (version > 1 and coalesce(from_status || ' ' || to_status, '') = any ('{
            PENDING REVIEW, REVIEW PENDING, REVIEW FAILED, PENDING FAILED, PENDING CANCELLED,
            REVIEW CANCELLED, PENDING PROCESSING, PROCESSING SUCCESS, PROCESSING FAILED,
            SUCCESS REFUNDED}'::text[]))) not valid;
alter table withdrawal_history validate constraint history_holds_legal_moves_only;
