package dev.sluice.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A data source whose process dies at its n-th commit: the commit is done or not, the caller never
 * learns which, and nothing works afterwards.
 */
public final class CrashingDataSource extends DelegatingDataSource {
  private static final Pattern WRITES =
      Pattern.compile("^\\s*(with\\b.*\\b)?(insert|update|delete)\\b", Pattern.DOTALL);

  private final Crash when;
  private final int atCommit;
  private final AtomicInteger commits = new AtomicInteger();
  private volatile boolean crashed;

  /** On which side of the commit it dies. */
  public enum Crash {
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  public CrashingDataSource(DataSource target, Crash when, int atCommit) {
    super(target);
    this.when = when;
    this.atCommit = atCommit;
  }

  public boolean crashed() {
    return crashed;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (crashed) {
      throw new SQLException("the process is dead", "08006");
    }
    Connection real = super.getConnection();
    return proxy(
        Connection.class,
        (method, args) ->
            switch (method.getName()) {
              case "commit" -> atCommit(() -> invoke(method, real, args), real::rollback);
              case "prepareStatement" -> {
                Object statement = invoke(method, real, args);
                yield real.getAutoCommit() && WRITES.matcher((String) args[0]).find()
                    ? committing((PreparedStatement) statement)
                    : statement;
              }
              default -> invoke(method, real, args);
            });
  }

  /** A statement that writes outside of a transaction is a commit, too. */
  private PreparedStatement committing(PreparedStatement real) {
    return proxy(
        PreparedStatement.class,
        (method, args) ->
            method.getName().startsWith("execute")
                ? atCommit(() -> invoke(method, real, args), () -> {})
                : invoke(method, real, args));
  }

  private interface Call {
    Object run() throws Throwable;
  }

  private interface Undo {
    void run() throws SQLException;
  }

  private Object atCommit(Call commit, Undo undo) throws Throwable {
    boolean dies = isLast();
    if (dies && when == Crash.BEFORE_COMMIT) {
      undo.run();
      throw dead();
    }
    Object result = commit.run();
    if (dies) {
      throw dead();
    }
    return result;
  }

  private interface Handler {
    Object on(Method method, Object[] args) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> handler.on(method, args)));
  }

  private static Object invoke(Method method, Object target, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private boolean isLast() {
    return commits.incrementAndGet() >= atCommit;
  }

  private SQLException dead() {
    crashed = true;
    return new SQLException("the process died at a commit", "08006");
  }
}
