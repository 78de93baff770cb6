package dev.sluice.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files to upload as statements, of every format, and none of them quite right. */
final class Files {
  /** Sources of {@link Target}, each of another format. */
  static final List<String> SOURCES =
      List.of("csv", "alipay", "wechat", "unionpay", "camt053", "mt940");

  private static final int MOST_ZEROS = 4 << 20;

  private static final String CAMT =
      """
      <?xml version="1.0" encoding="UTF-8"?>%s
      <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr>
      <MsgId>M1</MsgId><CreDtTm>2026-11-22T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S%d</Id>
      <CreDtTm>2026-11-22T20:00:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd>
      <Dt><Dt>2026-11-22</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
      <Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-22</Dt></Dt></Bal>
      <Ntry><Amt Ccy="CNY">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>2026-11-22</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef></Ntry>
      </Stmt></BkToCstmrStmt></Document>
      """;

  private static final String MT940 =
      """
      :20:START
      :25:6222000000000000
      :28C:1/%d
      :60F:C261122CNY%s,00
      :61:2611221122D10,00NTRF%s//BANKREF
      :86:payout
      :62F:C261122CNY0,00
      -
      """;

  private Files() {}

  static byte[] bytes(Random dice) {
    return switch (dice.nextInt(9)) {
      case 0, 1 -> csv(dice).getBytes(Json.UTF_8);
      case 2 -> camt("", dice).getBytes(Json.UTF_8);
      case 3 ->
          camt(
                  Naughty.pick(
                      List.of(
                          "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
                          "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
                          "<?xml-stylesheet href=\"http://127.0.0.1:1/\"?>"),
                      dice),
                  dice)
              .getBytes(Json.UTF_8);
      case 4 ->
          MT940
              .formatted(dice.nextInt(), amount(dice), Naughty.string(dice))
              .replace("\n", "\r\n")
              .getBytes(Json.UTF_8);
      case 5, 6 -> zip(dice);
      case 7 -> gzip(dice.nextBoolean() ? new byte[MOST_ZEROS] : csv(dice).getBytes(Json.UTF_8));
      default -> Naughty.body(csv(dice), dice);
    };
  }

  private static String amount(Random dice) {
    return Naughty.pick(
        List.of("10.00", "0", "-1", "1e5", "99999999999999999999", "1,000.00", "", "x", "１０"),
        dice);
  }

  private static String camt(String doctype, Random dice) {
    return CAMT.formatted(doctype, dice.nextInt(), amount(dice), "ref" + dice.nextInt(1_000));
  }

  private static String csv(Random dice) {
    return dice.nextBoolean() ? right(dice) : spoiled(dice);
  }

  /** One that can be read; what it says is not what was paid. */
  private static String right(Random dice) {
    StringBuilder text = new StringBuilder("request_number,amount\n");
    for (int i = dice.nextInt(20); i >= 0; i--) {
      text.append("01890a5dac96774bbcceb302%08d,%d.00%n".formatted(dice.nextInt(99_999), 1 + i));
    }
    return text.toString();
  }

  private static String spoiled(Random dice) {
    StringBuilder text = new StringBuilder("request_number,amount\n");
    for (int i = dice.nextInt(20); i >= 0; i--) {
      text.append(
              dice.nextInt(3) == 0
                  ? Naughty.string(dice)
                  : "01890a5dac96774bbcceb302%08d".formatted(dice.nextInt(1_000)))
          .append(',')
          .append(dice.nextInt(3) == 0 ? amount(dice) : "10.00")
          .append(dice.nextInt(9) == 0 ? ",more\r\n" : "\n");
    }
    return text.toString();
  }

  private static byte[] zip(Random dice) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      int members = 1 + dice.nextInt(dice.nextInt(9) == 0 ? 300 : 3);
      for (int i = 0; i < members; i++) {
        String name =
            Naughty.pick(
                List.of("../../../tmp/x", "/etc/x", "a.csv", "业务明细.csv", "a\u0000b"), dice);
        zip.putNextEntry(new ZipEntry(i + name));
        zip.write(
            members == 1 && dice.nextBoolean()
                ? new byte[MOST_ZEROS]
                : csv(dice).getBytes(Json.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] whole = bytes.toByteArray();
    return dice.nextInt(4) == 0 ? Arrays.copyOf(whole, dice.nextInt(whole.length)) : whole;
  }

  private static byte[] gzip(byte[] what) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(what);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
