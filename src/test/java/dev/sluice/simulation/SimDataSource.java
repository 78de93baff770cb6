package dev.sluice.simulation;

import dev.sluice.simulation.Injected.DatabaseFailed;
import dev.sluice.simulation.Injected.ProcessDied;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * One instance's way to the database: a single connection, of which each commit is a place where
 * the instance may die, be stopped, or lose its connection. A statement that writes outside of a
 * transaction is a commit, too.
 */
final class SimDataSource extends AbstractDataSource {
  private static final Map<String, Boolean> WRITES = new ConcurrentHashMap<>();

  private final Connection real;
  private final Host host;
  private final Connection proxy;
  private boolean autoCommit = true;

  /** The instance that owns this. */
  interface Host {
    Fate fate();

    boolean isDead();

    /** It dies here. */
    ProcessDied die(Fault how);

    /** Something happened that it survives. */
    void suffers(Fault how);

    /** It is stopped here for a while, and others go on. */
    void stopped(Fault how);

    /** What a planted mistake makes of a statement. */
    String rewritten(String sql);

    /** What a planted mistake does after a commit. */
    void afterCommit(Connection connection) throws SQLException;
  }

  SimDataSource(Connection real, Host host) {
    this.real = real;
    this.host = host;
    this.proxy = proxy(Connection.class, this::onConnection);
  }

  @Override
  public Connection getConnection() {
    if (host.isDead()) {
      throw new ProcessDied();
    }
    return proxy;
  }

  @Override
  public Connection getConnection(String username, String password) {
    return getConnection();
  }

  /** A dead process leaves nothing behind: the server ends its transaction. */
  void reset() throws SQLException {
    if (!autoCommit) {
      real.rollback();
      real.setAutoCommit(true);
      autoCommit = true;
    }
  }

  private @Nullable Object onConnection(Method method, Object @Nullable [] args)
      throws SQLException {
    String name = method.getName();
    if (name.equals("close")) {
      return null;
    }
    if (host.isDead()) {
      return switch (name) {
        case "rollback", "setAutoCommit", "setReadOnly", "clearWarnings" -> null;
        case "isClosed" -> false;
        case "getAutoCommit" -> autoCommit;
        default -> throw new ProcessDied();
      };
    }
    return switch (name) {
      case "commit" ->
          atCommit(
              () -> {
                real.commit();
                return null;
              });
      case "setAutoCommit" -> {
        autoCommit = args != null && (boolean) args[0];
        real.setAutoCommit(autoCommit);
        yield null;
      }
      case "prepareStatement" -> statement(method, args);
      default -> invoke(method, real, args);
    };
  }

  private @Nullable Object statement(Method method, Object @Nullable [] args) throws SQLException {
    if (args == null) {
      throw new IllegalStateException("a statement has its SQL");
    }
    String sql = host.rewritten((String) args[0]);
    args[0] = sql;
    Statement statement = (Statement) invoke(method, real, args);
    if (!autoCommit || !writes(sql) || statement == null) {
      return statement;
    }
    return proxy(
        PreparedStatement.class,
        (called, with) ->
            called.getName().startsWith("execute")
                ? atCommit(() -> invoke(called, statement, with))
                : invoke(called, statement, with));
  }

  private static boolean writes(String sql) {
    return WRITES.computeIfAbsent(
        sql,
        s -> {
          String text = s.strip().toLowerCase(Locale.ROOT);
          return text.startsWith("insert")
              || text.startsWith("update")
              || text.startsWith("delete")
              || (text.startsWith("with") && (text.contains("insert") || text.contains("update")));
        });
  }

  private interface Commit {
    @Nullable Object run() throws SQLException;
  }

  private @Nullable Object atCommit(Commit commit) throws SQLException {
    Fault fault = host.fate().atCommit();
    return switch (fault) {
      case DIED_BEFORE_COMMIT -> throw host.die(fault);
      case CONNECTION_LOST_BEFORE_COMMIT -> {
        undo();
        host.suffers(fault);
        throw new DatabaseFailed("simulated: the connection broke before the commit", "08006");
      }
      case DEADLOCK -> {
        undo();
        host.suffers(fault);
        throw new DatabaseFailed("simulated: deadlock detected", "40P01");
      }
      case null, default -> {
        Object result = commit.run();
        if (fault == Fault.DIED_AFTER_COMMIT) {
          throw host.die(fault);
        }
        host.afterCommit(real);
        if (fault == Fault.CONNECTION_LOST_AFTER_COMMIT) {
          host.suffers(fault);
          throw new DatabaseFailed("simulated: the connection broke after the commit", "08006");
        }
        if (fault == Fault.PAUSED_AFTER_COMMIT) {
          host.stopped(fault);
        }
        yield result;
      }
    };
  }

  private void undo() throws SQLException {
    if (!autoCommit) {
      real.rollback();
    }
  }

  private static @Nullable Object invoke(Method method, Object target, Object @Nullable [] args)
      throws SQLException {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case SQLException sql -> throw sql;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Handler {
    @Nullable Object on(Method method, Object @Nullable [] args) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            SimDataSource.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) ->
                switch (method.getName()) {
                  case "equals" -> args != null && self == args[0];
                  case "hashCode" -> System.identityHashCode(self);
                  case "toString" -> "simulated " + type.getSimpleName();
                  default -> handler.on(method, args);
                }));
  }
}
