-- The order in which a source's lists came, or were asked for again by a person: of a day, the one whose turn is
-- the latest counts, in whatever order they could be read.
create sequence statement_turn;
alter table statement_file add column turn bigint;
update statement_file f set turn = o.turn
  from (select id, nextval('statement_turn') as turn
          from (select id from statement_file order by received_at, id) as ordered) as o
 where o.id = f.id;
alter table statement_file
    alter column turn set default nextval('statement_turn'),
    alter column turn set not null;

drop index statement_file_open;
create index statement_file_open on statement_file (turn) where state in ('RECEIVED', 'COMPARED');
