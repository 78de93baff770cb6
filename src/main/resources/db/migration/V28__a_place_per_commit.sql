-- The queue of due orders has a row per commit instead of one per order, and the order itself says whether and when it
-- is due (docs/decisions/0011-a-place-in-the-queue-per-commit.md). The column is in no index, so that orders stay HOT.
alter table withdrawal add column due_at timestamptz; -- when to attempt it; none while nothing is to be attempted

update withdrawal w set due_at = d.due_at
  from payout_due d
 where d.withdrawal_id = w.id and w.status = any ('{PENDING,PROCESSING}'::text[]);

drop table payout_due;

-- Rows stay small: whoever looks for fifty due orders takes few more from others who look at the same time.
create domain due_orders as uuid[] check (cardinality(value) between 1 and 16);

-- Where to look for due orders. A row only ever finds orders: whether one is due, the order says. So an order that isn't
-- due any more needs no look for its row.
create table payout_due (
    id     bigint generated always as identity,
    due_at timestamptz not null,
    orders due_orders  not null,
    primary key (due_at, id)
);

insert into payout_due (due_at, orders)
select due_at, array_agg(id)
  from (select id, due_at, (row_number() over (partition by due_at order by id) - 1) / 16 as part
          from withdrawal where due_at is not null) as due
 group by due_at, part;

-- As it was, and whatever is final or waits for a person is not due.
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
        or (n.due_at is not null and n.status not in ('PENDING', 'PROCESSING'))
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
