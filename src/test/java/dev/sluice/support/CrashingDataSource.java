package dev.sluice.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A data source whose process dies at its n-th commit: the commit is done or not, the caller never
 * learns which, and nothing works afterwards.
 */
public final class CrashingDataSource extends DelegatingDataSource {
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
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              boolean dies = method.getName().equals("commit") && isLast();
              if (dies && when == Crash.BEFORE_COMMIT) {
                real.rollback();
                throw dead();
              }
              try {
                Object result = method.invoke(real, args);
                if (dies) {
                  throw dead();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private boolean isLast() {
    return commits.incrementAndGet() >= atCommit;
  }

  private SQLException dead() {
    crashed = true;
    return new SQLException("the process died at a commit", "08006");
  }
}
