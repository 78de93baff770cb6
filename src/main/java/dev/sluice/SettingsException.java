package dev.sluice;

/** Settings that the service can't start with; the message says which and why. */
final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  SettingsException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What a person can do. */
  String remedy() {
    return remedy;
  }
}
