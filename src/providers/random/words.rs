//! The words that names of pets are made of: short, kind, and easy to spell.

/// How.
#[rustfmt::skip]
pub(super) const ADVERBS: [&str; 97] = [
    "ably", "boldly", "bravely", "brightly", "briskly", "calmly", "carefully", "cheerfully", "cleanly", "clearly",
    "cleverly", "closely", "daily", "dearly", "deeply", "directly", "duly", "eagerly", "early", "easily", "evenly",
    "exactly", "fairly", "fondly", "formally", "freely", "freshly", "fully", "gently", "gladly", "gracefully",
    "greatly", "happily", "honestly", "hopefully", "humbly", "ideally", "jointly", "justly", "kindly", "largely",
    "lately", "lightly", "loudly", "loyally", "luckily", "mainly", "mildly", "mostly", "nearly", "neatly", "newly",
    "nicely", "nobly", "openly", "partly", "patiently", "plainly", "politely", "promptly", "properly", "proudly",
    "purely", "quickly", "quietly", "rapidly", "rarely", "readily", "really", "rightly", "roughly", "safely", "sharply",
    "shortly", "silently", "simply", "slowly", "smoothly", "softly", "solidly", "strictly", "strongly", "surely",
    "sweetly", "swiftly", "tenderly", "thickly", "thinly", "tightly", "truly", "usually", "vastly", "warmly", "wholly",
    "widely", "wildly", "wisely",
];

/// What like.
#[rustfmt::skip]
pub(super) const ADJECTIVES: [&str; 185] = [
    "able", "agile", "airy", "alert", "amber", "ample", "apt", "azure", "balmy", "bold", "bonny", "brave", "breezy",
    "bright", "brisk", "calm", "candid", "casual", "cheery", "civil", "classic", "clean", "clear", "clever", "cosmic",
    "cosy", "crisp", "curious", "daring", "dear", "deft", "direct", "driven", "dusky", "eager", "early", "earnest",
    "easy", "elegant", "epic", "even", "exact", "fair", "famous", "fancy", "fast", "festive", "fine", "firm", "fit",
    "fleet", "fluent", "fond", "frank", "free", "fresh", "friendly", "frosty", "full", "gentle", "genuine", "giving",
    "glad", "golden", "good", "grand", "grateful", "great", "handy", "happy", "hardy", "harmless", "hearty", "helpful",
    "honest", "hopeful", "humble", "ideal", "jaunty", "jolly", "joyful", "keen", "kind", "large", "lasting", "light",
    "lively", "logical", "loyal", "lucid", "lucky", "lunar", "magic", "major", "mellow", "merry", "mighty", "mild",
    "modest", "mossy", "native", "neat", "new", "nimble", "noble", "normal", "open", "patient", "peaceful", "plain",
    "pleasant", "plucky", "poised", "polite", "prime", "proper", "proud", "pure", "quick", "quiet", "rapid", "rare",
    "ready", "regal", "rested", "rich", "robust", "rosy", "round", "sacred", "safe", "sandy", "settled", "sharp",
    "shiny", "silent", "silver", "sincere", "skilled", "sleek", "smart", "smooth", "snowy", "social", "soft", "solar",
    "solid", "sound", "spry", "square", "stable", "steady", "still", "stoic", "strong", "sturdy", "subtle", "sunny",
    "super", "sure", "sweet", "swift", "tall", "teal", "tender", "tidy", "tough", "tranquil", "true", "trusty",
    "upbeat", "valid", "vast", "vital", "vivid", "warm", "well", "whole", "wide", "willing", "wise", "witty", "worthy",
    "young", "zesty",
];

/// Who.
#[rustfmt::skip]
pub(super) const ANIMALS: [&str; 283] = [
    "adder", "albatross", "alpaca", "ant", "antelope", "ape", "asp", "badger", "barbel", "bass", "bat", "bear",
    "beaver", "bee", "beetle", "bison", "boa", "boar", "bobcat", "buck", "buffalo", "bug", "bull", "bunny", "buzzard",
    "camel", "canary", "caribou", "carp", "cat", "catfish", "chamois", "cheetah", "chicken", "chimp", "chipmunk",
    "civet", "clam", "cobra", "cod", "colt", "condor", "cougar", "coyote", "crab", "crane", "cricket", "crow", "cub",
    "curlew", "deer", "dingo", "dog", "dolphin", "donkey", "dormouse", "dove", "dragonfly", "drake", "duck", "eagle",
    "earwig", "eel", "egret", "eland", "elephant", "elk", "emu", "ermine", "falcon", "fawn", "feline", "ferret",
    "finch", "firefly", "flamingo", "flea", "fly", "foal", "fowl", "fox", "frog", "gannet", "gazelle", "gecko",
    "gibbon", "giraffe", "gnat", "gnu", "goat", "goldfish", "goose", "gopher", "gorilla", "goshawk", "grackle",
    "grouse", "grubworm", "gull", "guppy", "haddock", "halibut", "hamster", "hare", "hawk", "hedgehog", "heron",
    "herring", "hippo", "hog", "hornet", "horse", "hound", "hyena", "ibex", "ibis", "iguana", "impala", "insect",
    "jackal", "jackdaw", "jaguar", "jay", "jennet", "kangaroo", "kestrel", "kid", "kite", "kitten", "kiwi", "koala",
    "krill", "ladybird", "lamb", "lamprey", "lark", "lemming", "lemur", "leopard", "linnet", "lion", "lizard", "llama",
    "lobster", "locust", "loon", "lynx", "macaw", "mackerel", "magpie", "mako", "mallard", "mammoth", "manatee",
    "marlin", "marmot", "marten", "mastiff", "mayfly", "meerkat", "mink", "minnow", "mole", "mongoose", "monkey",
    "moose", "moth", "mouse", "mule", "mullet", "muskrat", "narwhal", "newt", "ocelot", "octopus", "opossum", "orca",
    "oriole", "osprey", "ostrich", "otter", "owl", "ox", "oyster", "panda", "panther", "parrot", "partridge", "pelican",
    "penguin", "perch", "pheasant", "pig", "pigeon", "pika", "pike", "piranha", "plover", "polecat", "pony", "porpoise",
    "possum", "prawn", "puffin", "puma", "pup", "python", "quail", "rabbit", "raccoon", "ram", "rat", "raven", "ray",
    "redstart", "reindeer", "rhino", "robin", "rook", "rooster", "sable", "salmon", "sawfish", "seahorse", "seal",
    "serval", "shark", "sheep", "shrew", "shrimp", "skink", "skunk", "sloth", "slug", "snail", "snipe", "sole",
    "sparrow", "spider", "sponge", "squid", "squirrel", "stag", "starling", "stingray", "stoat", "stork", "sturgeon",
    "swallow", "swan", "swift", "tadpole", "tapir", "tarpon", "tern", "terrier", "thrush", "tiger", "tit", "toad",
    "toucan", "trout", "tuna", "turkey", "turtle", "urchin", "viper", "vole", "vulture", "wallaby", "walrus", "warbler",
    "wasp", "weasel", "weevil", "whale", "whippet", "wolf", "wombat", "woodcock", "wren", "yak", "zebra",
];
