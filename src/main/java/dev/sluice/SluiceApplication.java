package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Sluice. */
@SpringBootApplication
public class SluiceApplication {
  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    SpringApplication.run(SluiceApplication.class, args);
  }
}
