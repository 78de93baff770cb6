package dev.sluice.reconcile;

import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.channel.ProviderHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalDate;
import org.apache.hc.client5.http.classic.methods.HttpGet;

/** Fetches a day's file over HTTPS or SFTP. */
final class UrlFetch {
  private UrlFetch() {}

  static Bill fetch(FetchSettings settings, String source, LocalDate day, Path into, long maxBytes)
      throws IOException {
    URI address = URI.create(settings.urlOf(day));
    String path = String.valueOf(address.getPath());
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (settings.isSftp()) {
      return SftpFetch.fetch(settings, address, name, into, maxBytes);
    }
    HttpGet get = new HttpGet(address);
    if (settings.authorization() != null) {
      get.setHeader("Authorization", settings.authorization());
    }
    try (ProviderHttp http = new ProviderHttp(source + "-fetch", 1, settings.within())) {
      return switch (http.download(get, into, maxBytes, settings.within())) {
        case ProviderHttp.Failed failed -> new Bill.NotNow(failed.outcome().code());
        case ProviderHttp.Reply reply ->
            reply.status() == 200
                ? new Bill.Fetched(name)
                : new Bill.NotNow("HTTP_" + reply.status());
      };
    }
  }
}
