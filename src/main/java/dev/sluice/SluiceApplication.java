package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Sluice. */
@SpringBootApplication
public class SluiceApplication {
  /** Runs the service until it is told to stop, or prints fresh keys if that is asked for. */
  public static void main(String[] args) {
    if (FreshKeys.isWanted(args)) {
      FreshKeys.print(System.out);
      return;
    }
    SpringApplication.run(SluiceApplication.class, args);
  }
}
