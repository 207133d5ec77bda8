"""What the labels mean: values of the maps, and the classes each network learns."""

BONES = ["distal-radius", "distal-ulna", "scaphoid", "lunate", "triquetrum", "pisiform", "trapezium", "trapezoid", "capitate", "hamate"] + [
    f"metacarpal-{i}-base" for i in range(1, 6)
]
JOINTS = ["distal-radioulnar", "radiocarpal", "intercarpal-carpometacarpal"]
COMPARTMENTS = [f"extensor-{i}" for i in range(1, 7)] + ["flexor-fcr", "flexor-fpl", "flexor-common", "flexor-fcu"]

# Values of an anatomy map. 30 is a nerve, which no network learns; 31 is all other tissue.
ANATOMY = {i + 1: name for i, name in enumerate(BONES + JOINTS + COMPARTMENTS + ["vessel"])}
NERVE, OTHER = 30, 31
# Values of a lesion map.
LESIONS = {1: "synovitis", 2: "tenosynovitis", 3: "bone-marrow-oedema", 4: "erosion"}

# Tissues of the virtual wrist, by number, as `Tissue.swift` counts them.
TISSUES = (
    "air skin fat loose muscle retinaculum ligament capsule fibrocartilage fluid tendon sheath artery vein nerve cartilage cortex marrow oedema "
    "synovitis pannus sheathFluid effusion ganglion cyst erosion"
).split()
TISSUE = {name: i for i, name in enumerate(TISSUES)}

# Classes of the anatomy network: 0 air, 1 to 29 as in the map, 30 other tissue.
ANATOMY_CLASSES = list(range(30)) + [OTHER]

# Classes of the lesion network: its four lesions, then what must not be taken for them. The latter are learnt for the lesions' sake
# and are 0 in the map Carpus writes.
AUXILIARY = {5: "bone", 6: "joint", 7: "tendon-compartment", 8: "vessel", 9: "fluid"}
FLUIDS = [TISSUE[name] for name in ("effusion", "ganglion", "cyst")]


def anatomy_class(tissue: int, region: int) -> int:
    """Class of the anatomy network of a point."""
    return 0 if tissue == 0 else region if 0 < region < NERVE else 30


def context_class(tissue: int, region: int) -> int:
    """Auxiliary class of the lesion network of a point, lesions left out; 0 for the rest."""
    if tissue in FLUIDS:
        return 9
    if tissue in (TISSUE["artery"], TISSUE["vein"]):
        return 8
    return 5 if 1 <= region <= 15 else 6 if 16 <= region <= 18 else 7 if 19 <= region <= 28 else 0
