-- Reconciliation: each channel's own statements against our books.
--
-- What matches leaves no row of its own: the kept file, the run's totals and its transfers say as
-- much. Only differences have rows. Facts (statement_line, statement_unconfirmed) depend on one file
-- and our books alone; breaks follow from all facts together, so the order of files doesn't matter.

create table statement_file (
    id            uuid primary key,
    source        text        not null check (source ~ '^[a-z0-9-]{1,32}$'),
    name          text        not null check (length(name) between 1 and 200),
    sha256        bytea       not null check (octet_length(sha256) = 32),
    size_bytes    bigint      not null check (size_bytes >= 0),
    business_date date, -- as far as whoever brought it says
    origin        text        not null check (origin in ('UPLOAD', 'DIRECTORY', 'FETCH')),
    received_by   text        not null,
    received_at   timestamptz not null,
    state         text        not null check (state in ('RECEIVED', 'COMPARED', 'DONE', 'REFUSED')),
    refusal       text,
    detail        text,
    constraint the_same_file_is_kept_once unique (source, sha256),
    constraint refused_files_say_why check ((state = 'REFUSED') = (refusal is not null and detail is not null))
);
create index statement_file_open on statement_file (received_at) where state in ('RECEIVED', 'COMPARED');

-- What is fetched, and when it is tried again; one instance at a time, by due_at.
create table statement_fetch (
    source        text        not null,
    business_date date        not null,
    due_at        timestamptz, -- null once nothing more is expected
    tries         integer     not null default 0,
    outcome       text,
    primary key (source, business_date)
);

create table statement_run (
    id            uuid primary key, -- the cause of its MATCH transfers
    file_id       uuid        not null references statement_file (id),
    source        text        not null,
    channel       text        not null,
    business_date date        not null,
    version       integer     not null check (version >= 1), -- a corrected file makes a new one
    is_current    boolean     not null, -- false once a corrected file took its place
    compared_at   timestamptz not null,
    finished_at   timestamptz,
    constraint one_run_per_version unique (source, business_date, version)
);
create unique index one_current_run_per_day on statement_run (source, business_date) where is_current;
create index statement_run_by_file on statement_run (file_id);

create table statement_total (
    run_id         uuid   not null references statement_run (id),
    currency       text   not null,
    paid_lines     bigint not null,
    paid_minor     bigint not null,
    refused_lines  bigint not null,
    returned_lines bigint not null,
    returned_minor bigint not null,
    fee_lines      bigint not null,
    fee_minor      bigint not null,
    other_lines    bigint not null,
    plain_lines    bigint not null, -- matched outright, on the day itself
    plain_minor    bigint not null,
    ours_count     bigint not null, -- what we hold for paid on the day
    ours_minor     bigint not null,
    primary key (run_id, currency)
);

-- Lines that don't match outright.
create table statement_line (
    run_id       uuid    not null references statement_run (id),
    line_no      integer not null,
    identity     uuid    not null, -- the same line has the same one in each version of its file
    kind         text    not null check (kind in ('PAID', 'REFUSED', 'RETURNED')),
    attempt_id   uuid,    -- by request number or transaction id
    home_date    date,    -- the day on which we hold it for paid
    request_text text,    -- the request number, if it isn't one of ours
    reference    text,
    amount       bigint  not null check (amount >= 0),
    currency     text    not null,
    head         text    not null check (length(head) <= 6), -- what is shown of the beneficiary
    tail         text    not null check (length(tail) <= 4),
    booked_at    timestamptz,
    matched_attempt uuid, -- the payout that it confirms after all: its amount goes to the bank
    primary key (run_id, line_no)
);
create index statement_line_by_attempt on statement_line (attempt_id) where attempt_id is not null;
create index statement_line_by_home on statement_line (home_date) where home_date is not null;

-- What we hold for paid on the day of a run, and the day's statement doesn't confirm outright.
create table statement_unconfirmed (
    run_id     uuid not null references statement_run (id),
    attempt_id uuid not null,
    primary key (run_id, attempt_id)
);
create index statement_unconfirmed_by_attempt on statement_unconfirmed (attempt_id);

create table statement_break (
    id             uuid primary key, -- the cause of its RESOLUTION transfers
    source         text        not null,
    channel        text        not null,
    run_id         uuid        not null,
    business_date  date        not null,
    kind           text        not null check (kind in ('MISSING_AT_CHANNEL', 'MISSING_HERE', 'AMOUNT_DIFFERS',
                       'STATUS_DIFFERS', 'BENEFICIARY_DIFFERS', 'DUPLICATE_AT_CHANNEL', 'RETURN_UNKNOWN', 'LATE')),
    subject        uuid        not null, -- the attempt, or the line's identity
    attempt_id     uuid,
    withdrawal_id  uuid,
    line_no        integer,
    ours_minor     bigint,
    ours_currency  text,
    theirs_minor   bigint,
    theirs_currency text,
    risk_minor     bigint      not null check (risk_minor >= 0),
    risk_currency  text        not null,
    detail         text        not null,
    state          text        not null check (state in ('WAITING', 'OPEN', 'PROPOSED', 'CLOSED')),
    wait_until     date,
    case_id        uuid, -- the review case that asks about it
    version        integer     not null default 1,
    decision       text,
    reason         text,
    proposed_by    text,
    proposed_at    timestamptz,
    closed_by      text,
    opened_at      timestamptz not null,
    closed_at      timestamptz,
    constraint one_break_per_subject unique (source, kind, subject),
    constraint waiting_breaks_say_until_when check (state <> 'WAITING' or wait_until is not null),
    constraint proposals_say_who check (state <> 'PROPOSED'
        or (decision is not null and reason is not null and proposed_by is not null and proposed_at is not null)),
    constraint closed_breaks_say_who check (
        (state = 'CLOSED') = (closed_by is not null and closed_at is not null and decision is not null)),
    constraint maker_is_not_checker check (closed_by is null or proposed_by is null or closed_by <> proposed_by)
);
create index statement_break_open on statement_break (source, business_date) where state <> 'CLOSED';
create index statement_break_to_return on statement_break (closed_at) where decision = 'RETURN_TO_USER';
create index statement_break_by_day on statement_break (source, business_date);
create index statement_break_by_attempt on statement_break (attempt_id) where attempt_id is not null;
create index statement_break_by_withdrawal on statement_break (withdrawal_id) where withdrawal_id is not null;

-- What we hold for paid on a day. A block-range index: it costs the hot path next to nothing and
-- leaves its updates in place.
create index payout_attempt_by_update on payout_attempt using brin (updated_at)
    with (pages_per_range = 32, autosummarize = on);

-- What two people decide about a break moves money between system accounts. Every row fits already.
alter table transfer drop constraint a_step_is_one_of_its_kind;
alter table transfer add constraint a_step_is_one_of_its_kind check (
    (kind = 'TOP_UP' and step = 1) or (kind = 'HOLD' and step = 1) or (kind = 'MATCH' and step >= 1)
    or (kind = 'POST' and step = 2) or (kind = 'RELEASE' and step = 2)
    or (kind = 'FEE' and step = 3) or (kind = 'REFUND' and step = 4) or (kind = 'SHORTFALL' and step = 5)
    or (kind = 'RECEIVABLE' and step = 6) or (kind in ('CORRECTION', 'RESOLUTION') and step >= 10)) not valid;

create trigger statement_file_is_kept before delete or truncate on statement_file
    for each statement execute function refuse_change();
create trigger statement_run_is_kept before delete or truncate on statement_run
    for each statement execute function refuse_change();
create trigger statement_total_only_grows before update or delete or truncate on statement_total
    for each statement execute function refuse_change();
create trigger statement_line_is_kept before delete or truncate on statement_line
    for each statement execute function refuse_change();
create trigger statement_unconfirmed_only_grows before update or delete or truncate on statement_unconfirmed
    for each statement execute function refuse_change();
create trigger statement_break_is_kept before delete or truncate on statement_break
    for each statement execute function refuse_change();
