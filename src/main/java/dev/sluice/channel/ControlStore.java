package dev.sluice.channel;

import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of what people said of channels. */
final class ControlStore {
  private final JdbcTemplate jdbc;

  ControlStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** One statement: what holds from now on, and its place in the log. */
  void put(ChannelControl control) {
    jdbc.update(
        """
        with said as (
            insert into channel_control_log (channel, mode, reason, actor, at)
            values (?, ?, ?, ?, ?) returning channel, mode, reason, actor, at)
        insert into channel_control (channel, mode, reason, actor, at)
        select channel, mode, reason, actor, at from said
        on conflict (channel) do update
           set mode = excluded.mode, reason = excluded.reason, actor = excluded.actor,
               at = excluded.at
        """,
        control.channel(),
        control.mode().name(),
        control.reason(),
        control.actor(),
        control.at().atOffset(ZoneOffset.UTC));
  }

  Map<String, ChannelControl> all() {
    Map<String, ChannelControl> controls = new HashMap<>();
    jdbc.query(
        "select channel, mode, reason, actor, at from channel_control",
        row -> {
          controls.put(
              row.getString("channel"),
              new ChannelControl(
                  row.getString("channel"),
                  ChannelControl.Mode.valueOf(row.getString("mode")),
                  row.getString("reason"),
                  row.getString("actor"),
                  row.getTimestamp("at").toInstant()));
        });
    return controls;
  }
}
