package dev.sluice.channel.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.DirectoryHandle;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.Handle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.jspecify.annotations.Nullable;

/**
 * The bank's SFTP server: its customer sees the bank's folder and nothing else, and gets no shell.
 * A file that is renamed to its final name is taken before the renaming is answered.
 */
final class BankFileServer implements AutoCloseable {
  private static final PaymentKey ANY = new PaymentKey(BankFileProtocol.NAME, "");

  private final BankFileProtocol protocol;
  private final Faults faults;
  private final Timer timer;
  private final SshServer server;

  BankFileServer(String host, BankFileProtocol protocol, Faults faults, Timer timer)
      throws IOException {
    BankFileSimulation simulation = protocol.simulation();
    this.protocol = protocol;
    this.faults = faults;
    this.timer = timer;
    this.server = SshServer.setUpDefaultServer();
    server.setHost(host);
    server.setPort(simulation.port());
    server.setKeyPairProvider(KeyPairProvider.wrap(simulation.hostKey()));
    server.setFileSystemFactory(new VirtualFileSystemFactory(simulation.folder()));
    if (simulation.password() != null) {
      byte[] right = simulation.password().getBytes(StandardCharsets.UTF_8);
      server.setPasswordAuthenticator(
          (user, password, session) ->
              user.equals(simulation.user())
                  && MessageDigest.isEqual(right, password.getBytes(StandardCharsets.UTF_8)));
    }
    if (simulation.userKey() != null) {
      server.setPublickeyAuthenticator(
          (user, key, session) ->
              user.equals(simulation.user()) && KeyUtils.compareKeys(key, simulation.userKey()));
    }
    SftpSubsystemFactory sftp = new SftpSubsystemFactory.Builder().build();
    sftp.addSftpEventListener(new Watch());
    server.setSubsystemFactories(List.of(sftp));
    server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionCreated(Session session) {
            if (faults.hits(Fault.DOWN, ANY)) {
              var _ = session.close(true);
            }
          }
        });
    protocol.resume();
    server.start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new IllegalStateException("the file server doesn't stop", e);
    }
  }

  private final class Watch implements SftpEventListener {

    @Override
    public void received(ServerSession session, int type, int id) throws IOException {
      if (faults.hits(Fault.DOWN, ANY)) {
        hangUp(session);
      }
    }

    /** A listing that is at its end before it begins shows nothing. */
    @Override
    public void open(ServerSession session, String remoteHandle, Handle handle) {
      if (handle instanceof DirectoryHandle directory
          && isNamed(directory.getFile(), "out")
          && faults.hits(Fault.NOT_FOUND_TIMES, ANY)) {
        directory.markDone();
      }
    }

    @Override
    public void writing(
        ServerSession session,
        String remoteHandle,
        FileHandle handle,
        long offset,
        byte[] data,
        int dataOffset,
        int dataLength)
        throws IOException {
      if (isIncoming(handle.getFile()) && faults.hits(Fault.DROP_UPLOAD, ANY)) {
        hangUp(session);
      }
    }

    @Override
    public void moved(
        ServerSession session,
        Path from,
        Path to,
        Collection<CopyOption> options,
        @Nullable Throwable thrown)
        throws IOException {
      if (thrown != null || !isIncoming(to) || !BankFileProtocol.isPayment(to)) {
        return;
      }
      Path file = protocol.incoming().resolve(String.valueOf(to.getFileName()));
      Answer answer = protocol.take(file);
      if (Files.exists(file)) {
        Files.move(file, file.resolveSibling(String.valueOf(from.getFileName())));
      }
      switch (answer) {
        case Answer.Says ignored -> {}
        case Answer.SaysLate late -> timer.pause(late.after());
        case Answer.HangsUp ignored -> hangUp(session);
        case Answer.Fails ignored -> throw new IOException("something went wrong");
        case Answer.Throttles ignored -> throw new IOException("too many files");
      }
    }

    private boolean isIncoming(Path file) {
      Path parent = file.toAbsolutePath().normalize().getParent();
      return parent != null && isNamed(parent, "in");
    }

    private boolean isNamed(Path directory, String name) {
      return String.valueOf(directory.getFileName()).equals(name);
    }

    private void hangUp(ServerSession session) throws IOException {
      var _ = session.close(true);
      throw new IOException("the bank hung up");
    }
  }
}
