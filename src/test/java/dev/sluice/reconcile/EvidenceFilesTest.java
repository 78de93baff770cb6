package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.vault.Vault;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are kept as they came, and open only as they were kept. */
class EvidenceFilesTest {
  private static final UUID ID = new UUID(1, 2);
  private static final int MOST_BYTES = 10 << 20;

  private final Vault vault = new Vault(Vault.newKeyset(), new byte[32]);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 3_000_000})
  void givesBackWhatItKept(int bytes) throws Exception {
    byte[] content = content(bytes);
    EvidenceFiles.Kept kept = files().keep(ID, new ByteArrayInputStream(content));
    assertThat(kept.bytes()).isEqualTo(bytes);
    assertThat(kept.sha256()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    assertThat(read()).isEqualTo(content);
    assertThat(directory)
        .isDirectoryContaining("glob:**.sealed")
        .isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void opensWhatWasKeptInPiecesOfAMegabyte() throws IOException {
    byte[] content = content((1 << 20) + 5);
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file()))) {
      for (int i = 0; i < 2; i++) {
        byte[] piece = i == 0 ? Arrays.copyOf(content, 1 << 20) : lastFive(content);
        byte[] sealed =
            vault.seal(piece, "statement-file:%s:%d:%s".formatted(ID, i, i == 1 ? "last" : "more"));
        out.writeInt(sealed.length);
        out.writeByte(i);
        out.write(sealed);
      }
    }
    assertThat(read()).isEqualTo(content);
  }

  @Test
  void opensNoPiecesThatChangedPlaces() throws IOException {
    List<byte[]> pieces = keptPieces();
    Collections.swap(pieces, 0, 1);
    write(pieces);
    assertThatThrownBy(this::read).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void opensNoFileWithoutItsEnd() throws IOException {
    List<byte[]> pieces = keptPieces();
    write(pieces.subList(0, pieces.size() - 1));
    assertThatThrownBy(this::read).isInstanceOf(IOException.class);
    pieces.get(1)[4] = 1;
    write(pieces.subList(0, 2));
    assertThatThrownBy(this::read)
        .as("said to be the last")
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void opensNothingThatWasChanged() throws IOException {
    List<byte[]> pieces = keptPieces();
    pieces.getLast()[20] ^= 1;
    write(pieces);
    assertThatThrownBy(this::read).isInstanceOf(IllegalStateException.class);
    ByteBuffer.wrap(pieces.getFirst()).putInt(Integer.MAX_VALUE);
    write(pieces);
    assertThatThrownBy(this::read).isInstanceOf(IllegalStateException.class);
  }

  private List<byte[]> keptPieces() throws IOException {
    files().keep(ID, new ByteArrayInputStream(content(40_000)));
    List<byte[]> pieces = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file()));
    while (all.hasRemaining()) {
      byte[] piece = new byte[5 + all.getInt(all.position())];
      all.get(piece);
      pieces.add(piece);
    }
    assertThat(pieces).hasSize(3);
    return pieces;
  }

  private void write(List<byte[]> pieces) throws IOException {
    try (var out = Files.newOutputStream(file())) {
      for (byte[] piece : pieces) {
        out.write(piece);
      }
    }
  }

  private byte[] read() throws IOException {
    try (InputStream in = files().open(ID)) {
      return in.readAllBytes();
    }
  }

  private EvidenceFiles files() {
    return new EvidenceFiles(directory, vault, MOST_BYTES);
  }

  private Path file() {
    return directory.resolve(ID + ".sealed");
  }

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  private static byte[] lastFive(byte[] content) {
    return Arrays.copyOfRange(content, content.length - 5, content.length);
  }
}
