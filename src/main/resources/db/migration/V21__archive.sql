-- Retention: what only tells leaves the hot tables once its order is finished and old
-- (docs/decisions/0007-what-only-tells-is-archived.md). What must still be able to act stays for ever:
-- withdrawal, transfer, payout_attempt and all that has to do with people's decisions.

-- One row per order; a further part if it moved again afterwards.
create table archived_order (
    withdrawal_id uuid        not null,
    part          smallint    not null check (part >= 1),
    status        text        not null check (status in ('SUCCESS', 'FAILED', 'CANCELLED', 'REFUNDED')),
    version       integer     not null check (version >= 1), -- the order's, and its last move's
    moves         integer     not null check (moves >= 0), -- rows of withdrawal_history in this part
    messages      integer     not null check (messages >= 0),
    decisions     integer     not null check (decisions >= 0), -- rows of order_log
    notices       integer     not null check (notices >= 0),
    deliveries    integer     not null check (deliveries >= 0),
    archived_at   timestamptz not null,
    transaction   xid8        not null default pg_current_xact_id(), -- it alone may delete what is in here
    content       bytea       not null, -- gzip of JSON: table -> its rows, each with all its columns
    primary key (withdrawal_id, part),
    constraint a_part_holds_something check (moves + messages + decisions + notices > 0)
);
alter table archived_order alter column content set storage external; -- it is compressed already

-- A message that was taken once is the same for ever, archived or not.
create table archived_message (
    dedup uuid primary key
);

-- How far the job has come. Locked while a batch is under way: one instance works at a time.
create table retention_walk (
    only_one   boolean primary key default true check (only_one),
    order_id   uuid    not null default '00000000-0000-0000-0000-000000000000',
    message_id uuid    not null default '00000000-0000-0000-0000-000000000000'
);
insert into retention_walk default values;

-- Orders that the job has passed and could not archive yet, and when it looks again.
create table retention_left (
    withdrawal_id uuid primary key,
    again_at      timestamptz not null
);
create index retention_left_by_time on retention_left (again_at);

-- ---------------------------------------------------------------- what only grows, but for the archive

create trigger archived_order_only_grows before update or delete or truncate on archived_order
    for each statement execute function refuse_change();
create trigger archived_message_only_grows before update or delete or truncate on archived_message
    for each statement execute function refuse_change();

-- A row is deleted by the transaction alone that wrote it into the archive, in one statement per table
-- that deletes as many rows of an order as that part of it says. The archive is asked order by order: a
-- join might read all of it.
create function archived_now(id uuid, of_table text) returns bigint stable language sql as $$
    select sum(case of_table when 'withdrawal_history' then a.moves
                             when 'channel_message' then a.messages
                             when 'order_log' then a.decisions
                             when 'notification' then a.notices
                             when 'notification_delivery' then a.deliveries end)
      from archived_order a
     where a.withdrawal_id = id and a.transaction = pg_current_xact_id()
$$;

create function check_archived() returns trigger language plpgsql as $$
begin
    if exists (select 1
                 from (select withdrawal_id, count(*) as gone from old_rows group by withdrawal_id) o
                where o.gone is distinct from archived_now(o.withdrawal_id, tg_table_name)) then
        raise exception '% only grows: rows leave it only into the archive', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create function check_archived_messages() returns trigger language plpgsql as $$
begin
    if exists (select 1
                 from (select withdrawal_id, count(*) as gone, bool_or(applied_at is null) as unapplied
                         from old_rows group by withdrawal_id) o
                where o.unapplied or o.gone is distinct from archived_now(o.withdrawal_id, tg_table_name)) then
        raise exception '% only grows: rows leave it only into the archive', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create function check_archived_deliveries() returns trigger language plpgsql as $$
begin
    if exists (select 1
                 from (select withdrawal_id, count(*) as gone, bool_or(state = 'PENDING') as pending
                         from (select d.state, (select n.withdrawal_id from notification n
                                                 where n.id = d.notification_id) as withdrawal_id
                                 from old_rows d) of_orders
                        group by withdrawal_id) o
                where o.pending or o.gone is distinct from archived_now(o.withdrawal_id, tg_table_name)) then
        raise exception '% only grows: rows leave it only into the archive', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

drop trigger history_only_grows on withdrawal_history;
create trigger history_only_grows before update or truncate on withdrawal_history
    for each statement execute function refuse_change();
create trigger history_leaves_into_the_archive after delete on withdrawal_history
    referencing old table as old_rows for each statement execute function check_archived();

drop trigger message_is_kept on channel_message;
create trigger message_is_kept before truncate on channel_message
    for each statement execute function refuse_change();
create trigger messages_leave_into_the_archive after delete on channel_message
    referencing old table as old_rows for each statement execute function check_archived_messages();

drop trigger order_log_only_grows on order_log;
create trigger order_log_only_grows before update or truncate on order_log
    for each statement execute function refuse_change();
create trigger order_log_leaves_into_the_archive after delete on order_log
    referencing old table as old_rows for each statement execute function check_archived();

drop trigger notification_only_grows on notification;
create trigger notification_only_grows before update or truncate on notification
    for each statement execute function refuse_change();
create trigger notifications_leave_into_the_archive after delete on notification
    referencing old table as old_rows for each statement execute function check_archived();

create trigger delivery_is_kept before truncate on notification_delivery
    for each statement execute function refuse_change();
create trigger deliveries_leave_into_the_archive after delete on notification_delivery
    referencing old table as old_rows for each statement execute function check_archived_deliveries();
