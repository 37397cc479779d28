package io.djinn.opclass;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The operator classes known by the names people write: those found as services, and those a
 * program gives. The functions beside them are found here too.
 */
public final class OperatorClasses {
  /** No character that the text of a column gives a meaning. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");

  private static final Map<String, OperatorClassProvider> PROVIDERS = load();

  private OperatorClasses() {}

  private static Map<String, OperatorClassProvider> load() {
    Map<String, OperatorClassProvider> providers = new TreeMap<>();
    ClassLoader loader = OperatorClasses.class.getClassLoader();
    for (OperatorClassProvider provider : ServiceLoader.load(OperatorClassProvider.class, loader)) {
      add(provider, providers);
    }
    for (OperatorClassFamily family : ServiceLoader.load(OperatorClassFamily.class, loader)) {
      family.providers().forEach(provider -> add(provider, providers));
    }
    return providers;
  }

  private static void add(
      OperatorClassProvider provider, Map<String, OperatorClassProvider> providers) {
    OperatorClassProvider other = providers.putIfAbsent(provider.name(), provider);
    if (other != null) {
      throw new IllegalStateException(
          "operator class "
              + provider.name()
              + " has two providers: "
              + other.getClass().getName()
              + " and "
              + provider.getClass().getName());
    }
  }

  /** The functions of text search; throws where none are on the class path. */
  public static TextSearchFunctions textSearch() {
    return service(TextSearchFunctions.class);
  }

  /** The functions of trigrams; throws where none are on the class path. */
  public static TrigramFunctions trigrams() {
    return service(TrigramFunctions.class);
  }

  private static <T> T service(Class<T> type) {
    return ServiceLoader.load(type, OperatorClasses.class.getClassLoader())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no provider of " + type.getName()));
  }

  /** Names of all operator classes, in order. */
  public static List<String> names() {
    return List.copyOf(PROVIDERS.keySet());
  }

  /**
   * Checks operator classes a program gives, and makes a list of them.
   *
   * @throws IllegalArgumentException naming a class whose name or argument can not be written in a
   *     column, that is given twice, or that is another one than a service of this name makes
   */
  public static List<GinOperatorClass> given(GinOperatorClass... classes) {
    Map<String, GinOperatorClass> bySpelling = new TreeMap<>();
    for (GinOperatorClass one : classes) {
      String spelling = one.spelling();
      if (!NAME.matcher(one.name()).matches()
          || !(one.argument().isEmpty() || NAME.matcher(one.argument()).matches())) {
        throw new IllegalArgumentException(
            "operator class \""
                + spelling
                + "\": name and argument must each match "
                + NAME.pattern());
      }
      GinOperatorClass other = bySpelling.putIfAbsent(spelling, one);
      if (other != null && other != one) {
        throw new IllegalArgumentException("operator class " + spelling + " is given twice");
      }
      if (PROVIDERS.containsKey(one.name())
          && !isSame(find(one.name(), one.argument(), List.of()), one)) {
        throw new IllegalArgumentException(
            "operator class "
                + spelling
                + " is given as "
                + one.getClass().getName()
                + ", but a service of this name is "
                + PROVIDERS.get(one.name()).getClass().getName());
      }
    }
    return List.of(classes);
  }

  /** Whether two operator classes of one spelling are the same Java class. */
  public static boolean isSame(GinOperatorClass one, GinOperatorClass other) {
    return one.getClass() == other.getClass() && one.spelling().equals(other.spelling());
  }

  /**
   * The operator class of a name and an argument, of those given or else of the services; "" means
   * the class's first argument.
   *
   * @param given as {@link #given} has checked them
   * @throws IllegalArgumentException naming the valid names or arguments
   */
  public static GinOperatorClass find(String name, String argument, List<GinOperatorClass> given) {
    List<String> arguments = new ArrayList<>();
    for (GinOperatorClass one : given) {
      if (one.name().equals(name)) {
        if (argument.isEmpty() || one.argument().equals(argument)) {
          return one;
        }
        arguments.add(one.argument());
      }
    }
    if (arguments.isEmpty() || PROVIDERS.containsKey(name)) {
      return find(name, argument);
    }
    throw new IllegalArgumentException(
        "operator class "
            + name
            + " is given with "
            + String.join(", ", arguments)
            + " as its argument, not \""
            + argument
            + "\"");
  }

  /**
   * The operator class of a name and an argument; "" means the class's first argument.
   *
   * @throws IllegalArgumentException naming the valid names or arguments
   */
  public static GinOperatorClass find(String name, String argument) {
    OperatorClassProvider provider = PROVIDERS.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "unknown operator class \"" + name + "\"; known are " + String.join(", ", names()));
    }
    List<String> arguments = provider.arguments();
    if (argument.isEmpty()) {
      return provider.create(arguments.isEmpty() ? "" : arguments.get(0));
    }
    if (!arguments.contains(argument)) {
      throw new IllegalArgumentException(
          "operator class "
              + name
              + (arguments.isEmpty()
                  ? " takes no argument"
                  : " takes one of " + String.join(", ", arguments))
              + ", not \""
              + argument
              + "\"");
    }
    return provider.create(argument);
  }
}
