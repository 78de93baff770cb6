-- Holds are written a row for each commit instead of one for each order
-- (docs/decisions/0014-holds-are-written-per-commit.md). Those of before stay in transfer, which only grows.

create domain hold_causes as uuid[] check (cardinality(value) between 1 and 32 and array_position(value, null) is null);
create domain hold_accounts as bigint[] check (array_position(value, null) is null);
create domain hold_amounts as bigint[] check (0 < all (value) and array_position(value, null) is null);

-- Each order that is accepted, the account it is held on, amount and fee in minor units of the account's currency. A row
-- is found by the instant at which its orders were accepted. That nothing is held twice is the orders' own key: both are
-- written by one statement.
create table hold (
    at       timestamptz   not null,
    id       bigint generated always as identity,
    causes   hold_causes   not null,
    accounts hold_accounts not null,
    amounts  hold_amounts  not null,
    primary key (at, id),
    constraint each_hold_has_its_account_and_amount check (
        cardinality(causes) = cardinality(accounts) and cardinality(causes) = cardinality(amounts))
);
create trigger hold_only_grows before update or delete or truncate on hold
    for each statement execute function refuse_change();

-- All transfers, wherever they stand.
create view journal as
    select cause, step, kind::text as kind, debit_account, credit_account, amount::bigint as amount,
           currency::text as currency, at
      from transfer
    union all
    select h.cause, 1::smallint, 'HOLD', h.account, h.account, h.amount, a.currency::text collate "default", h.at
      from (select at, unnest(causes) as cause, unnest(accounts) as account, unnest(amounts) as amount from hold) h
      left join account a on a.id = h.account;

-- Both sides of each, as before.
create or replace view ledger_entry as
    select cause, step, kind, at, currency, debit_account as account_id,
           case when kind in ('POST', 'FEE', 'RELEASE') then 'held' else 'available' end as balance,
           -amount as amount
      from journal
    union all
    select cause, step, kind, at, currency, credit_account,
           case when kind = 'HOLD' then 'held' else 'available' end,
           amount
      from journal;

-- ---------------------------------------------------------------- room for an account's versions
--
-- PostgreSQL clears a page of dead versions as soon as less of it is free than the fill factor leaves for later. With 60
-- that was after every single change of a balance. Now pages are filled to 90, so that they are cleared when a tenth is
-- free, and the room comes from a column that is full while the account is new and empty from the first change of its
-- balance on. Rows that are there stay as they are: their pages have that room.
alter table account set (fillfactor = 90);
alter table account add column room bytea;
alter table account alter column room set default '\x00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000';
