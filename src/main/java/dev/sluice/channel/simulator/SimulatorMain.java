package dev.sluice.channel.simulator;

import ch.qos.logback.classic.Level;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the simulated bank as a process of its own. */
public final class SimulatorMain {
  private static final String REQUEST_SECRET = "SLUICE_BANK_REQUEST_SECRET";
  private static final String REPLY_SECRET = "SLUICE_BANK_REPLY_SECRET";
  private static final String HELP =
      """
      Runs the simulated bank until it is told to stop (Ctrl-C).

        --port <n>             port to listen on (default 8090; 0 takes a free one)
        --host <address>       address to listen on (default 127.0.0.1)
        --journal <file>       its record, kept across runs (default data/bank/journal.jsonl)
        --callback-url <url>   where callbacks go (default: nowhere)
        --merchant <id>        its customer's id (default sluice)
        --settle-millis <n>    from taking to paying, in milliseconds (default 50)
        --alipay <folder>      pose as Alipay too, at /alipay/gateway.do
        --alipay-app-id <id>   the application it knows (default 2021000000000001)
        --alipay-callback-url <url>   where its messages go (default: --callback-url)
        --wechat <folder>      pose as WeChat Pay too, below /wechat
        --wechat-mch-id <id>   the merchant it knows (default 1900000109)
        --wechat-app-id <id>   the merchant's application (default wx0000000000000001)
        --wechat-callback-url <url>   where its notifications go (default: --callback-url)
        --unionpay <folder>    pose as UnionPay too, below /unionpay
        --unionpay-mer-id <id>    the merchant it knows (default 777290058110048)
        --unionpay-callback-url <url>   where its notifications go (default: --callback-url)
        --bankfile <folder>    take and leave ISO 20022 files too, over SFTP, in its folder files
        --bankfile-port <n>    port of its file server (default 8022)
        --bankfile-account <n>    the account it pays from (default DE89370400440532013000)
        --help                 this text

      A folder holds the keys of both sides, made at the first start: give Sluice the files
      app-private.pem and alipay-public.pem, or merchant-private.pem, platform-public.pem and
      apiv3-key.txt. For bank files, log in as sluice with user-private.pem, and expect the server
      to show the key in host-key.txt. For UnionPay the folder must hold what nobody can make up:
      the merchant's certificate merchant.pem, and the bank's, bank.pem, with bank-private.pem.

      Secrets come from the environment, at least 16 bytes each:
        SLUICE_BANK_REQUEST_SECRET   signs requests to the bank
        SLUICE_BANK_REPLY_SECRET     signs its replies and callbacks
      """;

  private SimulatorMain() {}

  /** Starts it, or explains what is wrong with the options and exits with 2. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    if (args.length > 0 && args[0].equals("--help")) {
      out.print(HELP);
      return;
    }
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
        instanceof ch.qos.logback.classic.Logger root) {
      root.setLevel(Level.INFO); // Logback's default is DEBUG, each byte on the wire included
    }
    try {
      Map<String, String> options = options(args);
      List<ProviderSimulation> providers = ProviderOptions.take(options);
      SimulatedBank bank = new SimulatedBank(settings(options, System.getenv()), Clock.systemUTC());
      providers.forEach(bank::speak);
      bank.start();
      Runtime.getRuntime().addShutdownHook(new Thread(bank::close, "bank-stop"));
      out.println("simulated bank on " + bank.url());
    } catch (IllegalArgumentException | IllegalStateException e) {
      err.println(e.getMessage());
      err.println("--help tells the options");
      System.exit(2);
    } catch (UncheckedIOException e) {
      err.println(e.getMessage());
      System.exit(1);
    }
  }

  static SimulatorSettings settings(Map<String, String> options, Map<String, String> environment) {
    Map<String, String> left = new HashMap<>(options);
    String host = take(left, "--host", "127.0.0.1");
    int port = number(take(left, "--port", "8090"), "--port");
    Path journal = Path.of(take(left, "--journal", "data/bank/journal.jsonl"));
    @Nullable String callbackUrl = left.remove("--callback-url");
    String merchant = take(left, "--merchant", "sluice");
    int settleMillis = number(take(left, "--settle-millis", "50"), "--settle-millis");
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("unknown option " + left.keySet().iterator().next());
    }
    return new SimulatorSettings(
        host,
        port,
        journal,
        merchant,
        secret(environment, REQUEST_SECRET),
        secret(environment, REPLY_SECRET),
        callbackUrl == null ? null : URI.create(callbackUrl),
        Duration.ofMillis(settleMillis));
  }

  static Map<String, String> options(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value");
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }

  private static String take(Map<String, String> options, String name, String usual) {
    String value = options.remove(name);
    return value == null ? usual : value;
  }

  static int number(String text, String option) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " must be a number");
    }
  }

  private static String secret(Map<String, String> environment, String name) {
    String secret = environment.get(name);
    if (secret == null) {
      throw new IllegalArgumentException("the environment has no " + name);
    }
    return secret;
  }
}
