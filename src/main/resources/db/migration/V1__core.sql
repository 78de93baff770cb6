-- Sluice's core tables. The database decides: whatever may never happen is refused here, too.
--
-- Amounts are minor units of the row's ISO 4217 currency. Rows that only grow are kept so by triggers.
-- Tables on the hot path carry no foreign keys: their parents are locked in the same transaction, and
-- the invariant checks compare them (docs/decisions/0002-no-foreign-keys-on-the-hot-path.md).

-- ---------------------------------------------------------------- ledger

create table account (
    id         bigint generated always as identity primary key,
    kind       text        not null check (kind in ('USER', 'FUNDING', 'FEES', 'CLEARING', 'BANK', 'RECEIVABLE')),
    owner      text        not null check (length(owner) between 1 and 64),
    currency   text        not null check (currency ~ '^[A-Z]{3}$'),
    status     text        not null default 'ACTIVE' check (status in ('ACTIVE', 'FROZEN', 'CLOSED')),
    available  bigint      not null default 0,
    held       bigint      not null default 0,
    created_at timestamptz not null,
    constraint one_account_per_owner_and_currency unique (owner, currency, kind),
    constraint user_balances_are_never_negative check (kind <> 'USER' or (available >= 0 and held >= 0)),
    -- A system account's balance is the sum of its transfers, never a row that everyone must lock.
    constraint system_accounts_store_no_balance check (kind = 'USER' or (available = 0 and held = 0))
) with (fillfactor = 60);

create table transfer (
    cause          uuid        not null, -- the withdrawal, credit or reconciliation run that made it
    step           smallint    not null, -- its place in that cause: nothing is held, ended or refunded twice
    kind           text        not null,
    debit_account  bigint      not null,
    credit_account bigint      not null,
    amount         bigint      not null check (amount > 0),
    currency       text        not null check (currency ~ '^[A-Z]{3}$'),
    at             timestamptz not null,
    primary key (cause, step),
    constraint a_step_is_one_of_its_kind check (
        (kind = 'TOP_UP' and step = 1) or (kind = 'HOLD' and step = 1) or (kind = 'MATCH' and step >= 1)
        -- a hold ends once: it is either posted or released
        or (kind = 'POST' and step = 2) or (kind = 'RELEASE' and step = 2)
        or (kind = 'FEE' and step = 3) or (kind = 'REFUND' and step = 4) or (kind = 'SHORTFALL' and step = 5)
        or (kind = 'RECEIVABLE' and step = 6) or (kind = 'CORRECTION' and step >= 10)),
    constraint only_holds_stay_within_one_account check (
        (kind in ('HOLD', 'RELEASE')) = (debit_account = credit_account))
);

create table credit (
    id         uuid primary key,
    account_id bigint      not null references account (id),
    reference  text        not null check (length(reference) between 1 and 128),
    amount     bigint      not null check (amount > 0),
    created_at timestamptz not null,
    constraint one_credit_per_reference unique (account_id, reference)
);

-- Both sides of every transfer: which account, which of its balances, how much.
create view ledger_entry as
    select cause, step, kind, at, currency, debit_account as account_id,
           case when kind in ('POST', 'FEE', 'RELEASE') then 'held' else 'available' end as balance,
           -amount as amount
      from transfer
    union all
    select cause, step, kind, at, currency, credit_account,
           case when kind = 'HOLD' then 'held' else 'available' end,
           amount
      from transfer;

-- ---------------------------------------------------------------- beneficiaries

create table beneficiary (
    id          uuid primary key,
    user_id     text        not null check (length(user_id) between 1 and 64),
    kind        text        not null check (kind in ('CARD', 'IBAN', 'ALIPAY', 'WECHAT')),
    fingerprint uuid        not null, -- keyed hash of the number
    masked      text        not null check (length(masked) between 1 and 64),
    sealed      bytea       not null, -- the number, encrypted
    holder_name text                  check (length(holder_name) between 1 and 128),
    bank        text                  check (length(bank) between 1 and 64),
    created_at  timestamptz not null,
    constraint one_beneficiary_per_number unique (user_id, fingerprint)
);
create index beneficiary_by_masked_number on beneficiary (user_id, masked);

-- ---------------------------------------------------------------- withdrawals

create table withdrawal (
    id             uuid primary key,
    user_id        text        not null check (length(user_id) between 1 and 64),
    account_id     bigint      not null,
    beneficiary_id uuid        not null,
    amount         bigint      not null check (amount > 0),
    fee            bigint      not null check (fee >= 0),
    currency       text        not null check (currency ~ '^[A-Z]{3}$'),
    status         text        not null
        check (status in ('PENDING', 'REVIEW', 'PROCESSING', 'SUCCESS', 'FAILED', 'CANCELLED', 'REFUNDED')),
    version        integer     not null check (version >= 1),
    reason         text,
    note           text,
    key_hash       uuid        not null, -- of operation, user and Idempotency-Key
    request_hash   uuid        not null, -- keyed hash of the request's meaning
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    constraint one_withdrawal_per_key unique (key_hash)
) with (fillfactor = 60);
create index withdrawal_by_user on withdrawal (user_id, id);

create table withdrawal_history (
    withdrawal_id uuid        not null,
    version       integer     not null,
    from_status   text,
    to_status     text        not null,
    reason        text,
    actor         text        not null,
    at            timestamptz not null,
    primary key (withdrawal_id, version),
    constraint history_holds_legal_moves_only check (
        (from_status is null and to_status = 'PENDING' and version = 1)
        or (version > 1 and (from_status, to_status) in (
            ('PENDING', 'REVIEW'), ('REVIEW', 'PENDING'), ('REVIEW', 'FAILED'), ('PENDING', 'FAILED'),
            ('PENDING', 'CANCELLED'), ('REVIEW', 'CANCELLED'), ('PENDING', 'PROCESSING'),
            ('PROCESSING', 'SUCCESS'), ('PROCESSING', 'FAILED'), ('SUCCESS', 'REFUNDED'))))
);

-- The queue of orders that wait for an attempt: written in the commit that accepts, emptied in the
-- commit that writes the attempt.
create table payout_due (
    withdrawal_id uuid primary key,
    due_at        timestamptz not null
);
create index payout_due_by_time on payout_due (due_at);

-- Every move of a withdrawal is a legal one, counts its version up by one, and leaves what was agreed alone.
create function check_withdrawal_moves() returns trigger language plpgsql as $$
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
create trigger withdrawal_moves after update on withdrawal
    referencing old table as old_rows new table as new_rows
    for each statement execute function check_withdrawal_moves();

-- ---------------------------------------------------------------- payouts

create table payout_attempt (
    id                uuid primary key, -- without its dashes it is the request number
    withdrawal_id     uuid        not null,
    number            smallint    not null check (number >= 1),
    channel           text        not null,
    request           bytea       not null, -- exactly what is sent, encrypted; sent again byte for byte
    state             text        not null check (state in ('SENT', 'ACCEPTED', 'UNKNOWN', 'PAID', 'REFUSED')),
    code              text,
    channel_reference text,
    sends             integer     not null default 1,
    queries           integer     not null default 0,
    sent_at           timestamptz not null, -- when it was sent last: the acceptance window counts from here
    due_at            timestamptz, -- when to ask the channel; none once it is final or a person has it
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    constraint attempts_are_numbered_once unique (withdrawal_id, number),
    constraint what_is_final_is_not_due check (state in ('SENT', 'ACCEPTED', 'UNKNOWN') or due_at is null)
) with (fillfactor = 60);
-- At most one attempt of a withdrawal is live or paid, over all channels.
create unique index one_attempt_that_may_pay on payout_attempt (withdrawal_id) where state <> 'REFUSED';
create index payout_attempt_by_due_time on payout_attempt (due_at) where due_at is not null;

-- The one inbox: replies, callbacks, query results and statement lines.
create table channel_message (
    id                uuid primary key,
    channel           text        not null,
    source            text        not null check (source in ('REPLY', 'QUERY', 'CALLBACK', 'STATEMENT')),
    attempt_id        uuid,
    withdrawal_id     uuid,
    kind              text        not null check (kind in ('ACCEPTED', 'PAID', 'REFUSED', 'UNKNOWN', 'RETURNED')),
    code              text,
    detail            text,
    amount            bigint,
    currency          text,
    beneficiary       text,        -- masked, as far as the channel tells
    channel_reference text,
    dedup             uuid,        -- hash of channel and what came: the same message is the same for ever
    raw               bytea,       -- the bytes as received, encrypted
    received_at       timestamptz not null,
    applied_at        timestamptz,
    effect            text,        -- what it did, in a word
    tries             smallint    not null default 0,
    constraint a_message_is_taken_once unique (dedup)
);
create index channel_message_by_withdrawal on channel_message (withdrawal_id, id) where withdrawal_id is not null;
create index channel_message_unapplied on channel_message (received_at) where applied_at is null;

-- ---------------------------------------------------------------- review

create table review_case (
    id            uuid primary key,
    withdrawal_id uuid,
    attempt_id    uuid,
    kind          text        not null check (kind in ('RISK', 'CONTRADICTION', 'LATE_SUCCESS', 'MISMATCH',
                                  'UNKNOWN_TOO_LONG', 'COMPENSATION_FAILED', 'RETURN', 'POISON', 'STATEMENT')),
    detail        text        not null,
    evidence      jsonb       not null default '{}',
    state         text        not null default 'OPEN' check (state in ('OPEN', 'PROPOSED', 'RESOLVED')),
    version       integer     not null default 1,
    decision      text,
    reason        text,
    proposed_by   text,
    proposed_at   timestamptz,
    resolved_by   text,
    resolved_at   timestamptz,
    opened_at     timestamptz not null,
    constraint resolved_cases_say_who check (
        (state = 'RESOLVED') = (resolved_by is not null and resolved_at is not null and decision is not null))
);
create unique index one_open_case_of_a_kind on review_case (withdrawal_id, kind)
    where state <> 'RESOLVED' and withdrawal_id is not null;
create index review_case_open on review_case (opened_at, id) where state <> 'RESOLVED';
create index review_case_by_withdrawal on review_case (withdrawal_id) where withdrawal_id is not null;

-- ---------------------------------------------------------------- notifications

create table webhook_endpoint (
    id         uuid primary key,
    url        text        not null check (length(url) <= 2048),
    events     text[]      not null, -- empty: all
    secret     bytea       not null, -- encrypted
    created_by text        not null,
    created_at timestamptz not null,
    deleted_by text,
    deleted_at timestamptz,
    constraint deleted_endpoints_say_who check ((deleted_at is null) = (deleted_by is null))
);

create table notification (
    id            uuid primary key, -- the stable event id, sent as webhook-id
    type          text        not null,
    withdrawal_id uuid        not null,
    version       integer     not null,
    body          text        not null, -- the bytes that are signed and sent, each time the same
    created_at    timestamptz not null,
    constraint one_notification_per_move unique (withdrawal_id, version)
);

-- Due and leased apart: a claim touches no indexed column, so it writes no index entry.
create table notification_delivery (
    endpoint_id     uuid        not null,
    notification_id uuid        not null,
    state           text        not null check (state in ('PENDING', 'DELIVERED', 'GIVEN_UP')),
    tries           integer     not null default 0 check (tries >= 0),
    due_at          timestamptz,
    leased_until    timestamptz, -- an instance has it until then; nobody else sends it meanwhile
    last_status     integer,
    last_error      text        check (length(last_error) <= 200),
    asked_again_at  timestamptz, -- a person asked to send it again: tries and patience count from here
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    -- one delivery per endpoint; notification ids grow with time, so this lists the newest first, too
    primary key (endpoint_id, notification_id),
    constraint pending_deliveries_are_due check ((state = 'PENDING') = (due_at is not null)),
    constraint only_pending_deliveries_are_leased check (state = 'PENDING' or leased_until is null)
) with (fillfactor = 70);
create index notification_delivery_due on notification_delivery (endpoint_id, due_at) where state = 'PENDING';

-- ---------------------------------------------------------------- what only grows

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% only grows: a correction is a new row', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger transfer_only_grows before update or delete or truncate on transfer
    for each statement execute function refuse_change();
create trigger history_only_grows before update or delete or truncate on withdrawal_history
    for each statement execute function refuse_change();
create trigger credit_only_grows before update or delete or truncate on credit
    for each statement execute function refuse_change();
create trigger withdrawal_is_kept before delete or truncate on withdrawal
    for each statement execute function refuse_change();
create trigger attempt_is_kept before delete or truncate on payout_attempt
    for each statement execute function refuse_change();
create trigger message_is_kept before delete or truncate on channel_message
    for each statement execute function refuse_change();
create trigger notification_only_grows before update or delete or truncate on notification
    for each statement execute function refuse_change();

-- What was sent stays what was sent, and a final attempt stays final.
create function check_attempt_moves() returns trigger language plpgsql as $$
begin
    if exists (select 1 from old_rows o left join new_rows n on n.id = o.id
                where n.id is null or n.withdrawal_id <> o.withdrawal_id or n.channel <> o.channel
                   or n.number <> o.number or n.request <> o.request
                   or (o.state in ('PAID', 'REFUSED') and n.state <> o.state)) then
        raise exception 'an attempt keeps its request, and a final attempt its state' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger attempt_moves after update on payout_attempt
    referencing old table as old_rows new table as new_rows
    for each statement execute function check_attempt_moves();

create function check_message_change() returns trigger language plpgsql as $$
begin
    if exists (select 1 from old_rows o left join new_rows n on n.id = o.id
                where n.id is null or o.applied_at is not null
                   or (n.channel, n.source, n.kind, n.received_at) is distinct from (o.channel, o.source, o.kind, o.received_at)
                   or (n.amount, n.currency, n.beneficiary, n.code, n.dedup, n.raw)
                      is distinct from (o.amount, o.currency, o.beneficiary, o.code, o.dedup, o.raw)) then
        raise exception 'a message keeps what it said, and is applied once' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger message_changes after update on channel_message
    referencing old table as old_rows new table as new_rows
    for each statement execute function check_message_change();
