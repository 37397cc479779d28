package io.djinn.nativetests.planted;

import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.utility.JavaModule;

/**
 * What one bug does to which methods: collected first, then written into the classes as they are
 * loaded.
 *
 * <p>A method is named {@code package.Class.method}, with {@code /n} behind it where only the one
 * with that many parameters is meant.
 */
public final class Plants {
  /** What happens at a call of a rewritten method. */
  @FunctionalInterface
  interface Bend {
    void at(Call call) throws Exception;
  }

  /** A method that is rewritten. */
  private record Place(String className, String method, int parameters) {
    static Place of(String text) {
      int slash = text.indexOf('/');
      String path = slash < 0 ? text : text.substring(0, slash);
      int dot = path.lastIndexOf('.');
      int parameters = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
      return new Place(path.substring(0, dot), path.substring(dot + 1), parameters);
    }

    ElementMatcher.Junction<MethodDescription> matcher() {
      ElementMatcher.Junction<MethodDescription> byName = isMethod().and(named(method));
      return parameters < 0 ? byName : byName.and(takesArguments(parameters));
    }
  }

  private static volatile Plants planted;

  private final Map<Place, Bend> before = new HashMap<>();
  private final Map<Place, Bend> after = new HashMap<>();
  private final AtomicBoolean entered = new AtomicBoolean();
  private volatile Runnable onFirst = () -> {};
  private final ThreadLocal<Boolean> isBending = ThreadLocal.withInitial(() -> false);
  private volatile Throwable broken;

  /** Bends calls before the method runs. */
  Plants before(String method, Bend bend) {
    before.put(Place.of(method), bend);
    return this;
  }

  /** Bends calls after the method has returned. */
  Plants after(String method, Bend bend) {
    after.put(Place.of(method), bend);
    return this;
  }

  /** Tells of the first time that the bug strikes. */
  void entered() {
    if (entered.compareAndSet(false, true)) {
      onFirst.run();
    }
  }

  /** Why the bug could not be planted, or null. */
  Throwable broken() {
    return broken;
  }

  /**
   * Rewrites the classes of this bug from now on; none of them may have been loaded.
   *
   * @param whenStruck runs when the bug strikes for the first time
   */
  void plant(Instrumentation instrumentation, Runnable whenStruck) {
    onFirst = whenStruck;
    planted = this;
    AgentBuilder agent =
        new AgentBuilder.Default()
            .disableClassFormatChanges()
            .with(
                new AgentBuilder.Listener.Adapter() {
                  @Override
                  public void onError(
                      String typeName,
                      ClassLoader classLoader,
                      JavaModule module,
                      boolean loaded,
                      Throwable throwable) {
                    broken = throwable;
                  }
                });
    TreeSet<String> classes = new TreeSet<>();
    before.keySet().forEach(place -> classes.add(place.className()));
    after.keySet().forEach(place -> classes.add(place.className()));
    for (String name : classes) {
      agent =
          agent
              .type(named(name))
              .transform((builder, type, loader, module, domain) -> rewrite(builder, type));
    }
    agent.installOn(instrumentation);
  }

  private synchronized DynamicType.Builder<?> rewrite(
      DynamicType.Builder<?> builder, TypeDescription type) {
    DynamicType.Builder<?> bent = builder;
    for (Map<Place, Bend> bends : List.of(before, after)) {
      for (Place place : bends.keySet()) {
        boolean isNew = bends == before || !before.containsKey(place);
        if (!place.className().equals(type.getName()) || !isNew) {
          continue;
        }
        if (type.getDeclaredMethods().filter(place.matcher()).isEmpty()) {
          broken = new NoSuchMethodException(place.toString());
        }
        bent = bent.visit(Advice.to(Bending.class).on(place.matcher()));
      }
    }
    return bent;
  }

  void bend(Bend bend, Call call) {
    if (isBending.get()) {
      return;
    }
    isBending.set(true);
    try {
      bend.at(call);
    } catch (ReflectiveOperationException
        | ClassCastException
        | NullPointerException
        | LinkageError e) {
      broken = e;
    } catch (Exception e) {
      throw Plants.<RuntimeException>asThrown(e);
    } finally {
      isBending.set(false);
    }
  }

  /** Lets an engine's exception pass as it is. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> E asThrown(Exception e) throws E {
    throw (E) e;
  }

  /**
   * Called where a rewritten method begins; null where nothing is to be bent.
   *
   * @param where class and method
   */
  public static Call begin(String where, Object self, Object[] arguments) {
    Plants plants = planted;
    if (plants == null || plants.isBending.get()) {
      return null;
    }
    Place exact = Place.of(where + "/" + arguments.length);
    Place any = Place.of(where);
    Bend first = plants.before.getOrDefault(exact, plants.before.get(any));
    Bend last = plants.after.getOrDefault(exact, plants.after.get(any));
    if (first == null && last == null) {
      return null;
    }
    Call call = new Call(plants, self, arguments, last);
    if (first != null) {
      plants.bend(first, call);
    }
    return call;
  }

  /** The code put around the body of a rewritten method. */
  static final class Bending {
    private Bending() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(
        @Advice.Origin("#t.#m") String where,
        @Advice.This(optional = true) Object self,
        @Advice.AllArguments(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object[] arguments,
        @Advice.Local("call") Call call) {
      call = Plants.begin(where, self, arguments);
      if (call == null) {
        return false;
      }
      arguments = call.arguments();
      return call.isSkipped();
    }

    @Advice.OnMethodExit
    static void exit(
        @Advice.Local("call") Call call,
        @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object result) {
      if (call != null) {
        result = call.end(result);
      }
    }
  }
}
