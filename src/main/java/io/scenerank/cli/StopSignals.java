package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Handles Ctrl-C (SIGINT) and SIGTERM during work that should end in order: the first signal asks
 * the work to stop, the second ends the process at once. {@link #close} restores the earlier
 * handlers.
 *
 * <p>In the JDK, only {@code sun.misc.Signal} of the module {@code jdk.unsupported} handles a
 * signal without ending the process. It is called by reflection because javac warns of every use of
 * it and no option turns that off. Where it is missing, a signal ends the process as usual.
 */
final class StopSignals implements AutoCloseable {
  private static final ImmutableList<String> NAMES = ImmutableList.of("INT", "TERM");

  /** Of a process that a signal ended, added to the signal's number. */
  private static final int EXIT_CODE = 128;

  private final Runnable onFirst;
  private final AtomicInteger first = new AtomicInteger();
  private final List<Runnable> restore = new ArrayList<>();

  private StopSignals(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  /**
   * Takes the signals over, those that the process ignores left out.
   *
   * @param onFirst is called on a thread of its own when the first of them comes
   */
  static StopSignals install(Runnable onFirst) {
    StopSignals signals = new StopSignals(onFirst);
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      Object ignores = handler.getField("SIG_IGN").get(null);
      for (String name : NAMES) {
        Object taken = signal.getConstructor(String.class).newInstance(name);
        int number = (int) signal.getMethod("getNumber").invoke(taken);
        Object before = handle.invoke(null, taken, signals.handler(handler, number));
        Runnable giveBack = () -> invoke(handle, taken, before);
        if (before.equals(ignores)) {
          giveBack.run();
        } else {
          signals.restore.add(giveBack);
        }
      }
    } catch (ReflectiveOperationException e) {
      // Missing, or the JVM was told to leave signals alone (-Xrs): they end the process.
    }
    return signals;
  }

  private Object handler(Class<?> type, int number) {
    return Proxy.newProxyInstance(
        StopSignals.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, args) ->
            switch (method.getName()) {
              case "handle" -> onSignal(EXIT_CODE + number);
              case "equals" -> proxy == args[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "handler of signal " + number;
            });
  }

  private static void invoke(Method handle, Object signal, Object handler) {
    try {
      handle.invoke(null, signal, handler);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("the earlier handler of a signal cannot be restored", e);
    }
  }

  /** Returns null, as a method without a value does by reflection. */
  private @Nullable Object onSignal(int code) {
    if (first.compareAndSet(0, code)) {
      onFirst.run();
    } else {
      Runtime.getRuntime().halt(code);
    }
    return null;
  }

  /** Whether one of the signals has come. */
  boolean isRequested() {
    return first.get() != 0;
  }

  /** The exit code of a process that the signal ends: 130 for SIGINT, 143 for SIGTERM. */
  int exitCode() {
    return first.get();
  }

  @Override
  public void close() {
    restore.forEach(Runnable::run);
  }
}
