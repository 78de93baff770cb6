package dev.sluice.retention;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one part of an order's archive holds: for each table its rows, as the database itself writes
 * them in JSON, so that {@code jsonb_populate_record} makes the very same rows of them. Sealed
 * bytes stay sealed.
 */
final class Document {
  static final String HISTORY = "withdrawal_history";
  static final String MESSAGES = "channel_message";
  static final String LOG = "order_log";
  static final String NOTIFICATIONS = "notification";
  static final String DELIVERIES = "notification_delivery";

  private final Map<String, List<String>> tables = new TreeMap<>();

  void add(String table, String row) {
    tables.computeIfAbsent(table, name -> new ArrayList<>()).add(row);
  }

  int count(String table) {
    return tables.getOrDefault(table, List.of()).size();
  }

  byte[] compressed() {
    StringBuilder json = new StringBuilder("{");
    tables.forEach(
        (table, rows) ->
            json.append(json.length() > 1 ? "," : "")
                .append('"')
                .append(table)
                .append("\":[")
                .append(String.join(",", rows))
                .append(']'));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(json.append('}').toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be written", e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #compressed} made. */
  static JsonNode read(byte[] content) {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return JsonMapper.shared().readTree(gzip);
    } catch (IOException e) {
      throw new UncheckedIOException("a part of the archive doesn't open", e);
    }
  }
}
