package dev.sluice.channel.bankfile;

import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import java.io.IOException;
import java.net.ConnectException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.PasswordIdentityProvider;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.common.SftpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to the file server: a bounded number, each used by one call at a time and kept for
 * the next, each call within a whole time. The server must show the pinned host key. Nothing of the
 * user's own SSH configuration is read.
 */
final class SftpLinks implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SftpLinks.class);
  private static final long TRUSTED_IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final BankFileSettings.Server server;
  private final Duration callTimeout;
  private final Semaphore places;
  private final ConcurrentLinkedDeque<SftpLink> idle = new ConcurrentLinkedDeque<>();
  private final ScheduledThreadPoolExecutor deadlines;
  private final SshClient client;
  private final AtomicBoolean closed = new AtomicBoolean();

  SftpLinks(BankFileSettings settings) {
    this.server = settings.server();
    this.callTimeout = settings.limits().callTimeout();
    this.places = new Semaphore(settings.limits().concurrentCalls());
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name(settings.name() + "-deadline").daemon().factory());
    deadlines.setRemoveOnCancelPolicy(true);
    this.client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(
        (session, address, key) -> KeyUtils.compareKeys(key, server.hostKey()));
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setPasswordIdentityProvider(PasswordIdentityProvider.EMPTY_PASSWORDS_PROVIDER);
    List<NamedFactory<Signature>> all = client.getSignatureFactories();
    client.setUserAuthFactories(
        List.of(new UserAuthPublicKeyFactory(all), UserAuthPasswordFactory.INSTANCE));
    // Else a server with several keys would show the one that we prefer, not the one we know.
    client.setSignatureFactories(
        all.stream().filter(kind -> isOf(server.hostKey(), kind.getName())).toList());
    client.start();
  }

  /** What to do with a connection. */
  interface Work<T> {
    T with(SftpLink link) throws IOException;
  }

  /** What came of it. */
  sealed interface Result<T> {}

  /** It was done. */
  record Done<T>(T value) implements Result<T> {}

  /** It was not, or not as far as we know. */
  record Failed<T>(Unknown outcome) implements Result<T> {}

  /** Does something within the call's whole time. */
  <T> Result<T> call(Work<T> work) {
    return call(work, callTimeout);
  }

  /** Does something within a time, waiting for a free connection included. */
  <T> Result<T> call(Work<T> work, Duration within) {
    long deadline = System.nanoTime() + within.toNanos();
    try {
      if (!places.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS)) {
        return failed(Why.NO_CONNECTION, "ALL_BUSY");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(Why.NO_CONNECTION, "INTERRUPTED");
    }
    try {
      return closed.get() ? failed(Why.NO_CONNECTION, "CLOSED") : onALink(work, deadline);
    } finally {
      places.release();
    }
  }

  @Override
  public void close() {
    closed.set(true);
    var _ = deadlines.shutdownNow();
    client.stop();
  }

  private <T> Result<T> onALink(Work<T> work, long deadline) {
    SftpLink link;
    try {
      link = link(deadline);
    } catch (IOException e) {
      return failed(Why.NO_CONNECTION, connectCode(e));
    } catch (RuntimeException e) {
      log.error("connecting to the file server failed in the client", e);
      return failed(Why.NO_CONNECTION, "CLIENT_FAILED");
    }
    ScheduledFuture<?> timer = hangUpAt(deadline, link);
    try {
      Result<T> result = new Done<>(work.with(link));
      link.used();
      if (link.isOpen()) {
        idle.push(link);
      }
      return result;
    } catch (SftpException e) {
      // The server has answered, so the connection is in order.
      link.used();
      idle.push(link);
      return failed(Why.CHANNEL_ERROR, "SFTP_" + e.getStatus());
    } catch (SftpLink.FileTooLongException e) {
      link.hangUp();
      return failed(Why.UNREADABLE, "FILE_TOO_LONG");
    } catch (IOException e) {
      link.hangUp();
      return failed(Why.TIMEOUT, "NO_WHOLE_REPLY");
    } catch (RuntimeException e) {
      link.hangUp();
      log.error("a call to the file server failed in the client", e);
      return failed(Why.TIMEOUT, "CLIENT_FAILED");
    } finally {
      timer.cancel(false);
    }
  }

  /** One that was used before and still answers, or a new one. */
  private SftpLink link(long deadline) throws IOException {
    for (SftpLink link = idle.poll(); link != null; link = idle.poll()) {
      if (link.isOpen() && (link.idleNanos() < TRUSTED_IDLE_NANOS || answers(link, deadline))) {
        return link;
      }
      link.hangUp();
    }
    return connect(deadline);
  }

  private boolean answers(SftpLink link, long deadline) {
    ScheduledFuture<?> timer = hangUpAt(deadline, link);
    try {
      return link.exists(".");
    } catch (IOException e) {
      return false;
    } finally {
      timer.cancel(false);
    }
  }

  private SftpLink connect(long deadline) throws IOException {
    AtomicReference<ClientSession> started = new AtomicReference<>();
    ScheduledFuture<?> timer =
        schedule(
            deadline,
            () -> {
              ClientSession session = started.get();
              if (session != null) {
                var _ = session.close(true);
              }
            });
    try {
      ClientSession session =
          client
              .connect(server.user(), server.host(), server.port())
              .verify(left(deadline))
              .getSession();
      started.set(session);
      try {
        if (server.key() != null) {
          session.addPublicKeyIdentity(server.key());
        }
        if (server.password() != null) {
          session.addPasswordIdentity(server.password());
        }
        session.auth().verify(left(deadline));
        return new SftpLink(session, SftpClientFactory.instance().createSftpClient(session));
      } catch (IOException | RuntimeException e) {
        var _ = session.close(true);
        throw e;
      }
    } finally {
      timer.cancel(false);
    }
  }

  /** Whether a key signs in this way; never with SHA-1. */
  private static boolean isOf(PublicKey key, String signature) {
    return key instanceof RSAPublicKey
        ? signature.equals("rsa-sha2-512") || signature.equals("rsa-sha2-256")
        : signature.equals(KeyUtils.getKeyType(key));
  }

  private ScheduledFuture<?> hangUpAt(long deadline, SftpLink link) {
    return schedule(deadline, link::hangUp);
  }

  private ScheduledFuture<?> schedule(long deadline, Runnable task) {
    return deadlines.schedule(
        task, Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
  }

  private static String connectCode(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof ConnectException) {
        return "CONNECTION_REFUSED";
      }
      if (message.contains("Server key did not validate")) {
        return "OTHER_HOST_KEY";
      }
      if (message.contains("No more authentication methods")) {
        return "LOGIN_REFUSED";
      }
    }
    return "CONNECT_FAILED";
  }

  private static <T> Failed<T> failed(Why why, String code) {
    return new Failed<>(new Unknown(why, code));
  }
}
