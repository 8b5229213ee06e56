"""What each dataset is: where it lies, what its archives hold, how the field splits it."""

from dataclasses import dataclass

PARTS = ("train", "validation", "test")
FITTING = ("train", "validation")  # the parts made of an official training set


@dataclass(frozen=True)
class Archive:
    """One file to fetch.

    Args:
        name: as its page offers it.
        holds: a pattern of the files that it unpacks to.
        url: where a program can fetch it; None if the page asks for a browser.
        md5: checksum of the whole file, as its page or its users publish it.
        size: bytes; None where nobody publishes it. The check then rests on the checksum, and
            during a download on the length that the server states.
        parts: the parts of the dataset that need it.
        aliases: other names under which the same file is found.
    """

    name: str
    holds: str
    url: str | None
    md5: str
    size: int | None = None
    parts: tuple[str, ...] = PARTS
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    Args:
        name: the word for :func:`mpe_lib.load_dataset`.
        title: as its authors write it.
        page: where to fetch it by hand.
        licence, source: what to respect and what to cite.
        space: how large it is, in words.
        archives: what to fetch.
        split: how the three parts are made, in words.
        sensor_size: (width, height) in pixels; (channels, 1) for the spoken sets.
        classes: their names in the order of the labels; None: read from the data.
        places: folders below a root in which other libraries put the same files.
        bundles: larger archives that hold the archives.
        needs: a package without which it cannot be read.
    """

    name: str
    title: str
    page: str
    licence: str
    source: str
    space: str
    archives: tuple[Archive, ...]
    split: str
    sensor_size: tuple[int, int]
    classes: tuple[str, ...] | None = None
    places: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    needs: str = ""


MENDELEY = "https://data.mendeley.com/public-files/datasets/"
ORCHARD = (
    'Orchard et al., "Converting Static Image Datasets to Spiking Neuromorphic Datasets Using '
    'Saccades", Front. Neurosci. 2015, doi 10.3389/fnins.2015.00437'
)
CRAMER = (
    'Cramer et al., "The Heidelberg Spiking Data Sets for the Systematic Evaluation of Spiking '
    'Neural Networks", IEEE TNNLS 33, 2022, doi 10.1109/TNNLS.2020.3044364'
)
SPOKEN_PAGE = "https://zenkelab.org/resources/spiking-heidelberg-datasets-shd/"
SPOKEN_SPACE = "the sizes are not stated on the page"


def _spoken(name: str, official: str, parts: tuple[str, ...], md5: str) -> Archive:
    file = f"{name}_{official}.h5"
    return Archive(
        f"{file}.zip", file, f"https://zenkelab.org/datasets/{file}.zip", md5, parts=parts
    )


CIFAR10 = (  # class, number in the address, md5, bytes
    ("airplane", 7712788, "0afd5c4bf9ae06af762a77b180354fdd", 747054427),
    ("automobile", 7712791, "8438dfeba3bc970c94962d995b1b9bdd", 970159102),
    ("bird", 7712794, "a9c207c91c55b9dc2002dc21c684d785", 760766288),
    ("cat", 7712812, "52c63c677c2b15fa5146a8daf4d56687", 843271197),
    ("deer", 7712815, "b6bf21f6c04d21ba4e23fc3e36c8a4a3", 778283422),
    ("dog", 7712818, "f379ebdf6703d16e0a690782e62639c3", 844609875),
    ("frog", 7712842, "cad6ed91214b1c7388a5f6ee56d08803", 818824848),
    ("horse", 7712851, "e7cbbf77bec584ffbf913f00e682782a", 929265395),
    ("ship", 7712836, "41c7bd7d6b251be82557c6cce9a7d5c9", 742404857),
    ("truck", 7712839, "89f3922fd147d9aeff89e76a2b0b70a7", 950111954),
)
GESTURES = (
    "hand_clapping", "right_hand_wave", "left_hand_wave",
    "right_arm_clockwise", "right_arm_counter_clockwise",
    "left_arm_clockwise", "left_arm_counter_clockwise",
    "arm_roll", "air_drums", "air_guitar", "other_gestures",
)  # fmt: skip

_ALL = (
    Dataset(
        "nmnist",
        "N-MNIST",
        "https://www.garrickorchard.com/datasets/n-mnist",
        "CC BY-SA 4.0",
        ORCHARD,
        "both archives together 1.2 GB, 60 000 and 10 000 small files",
        (
            Archive(
                "Train.zip",
                "Train/[0-9]/*.bin",
                MENDELEY + "468j46mzdv/files/39c25547-014b-4137-a934-9d29fa53c7a0/file_downloaded",
                "20959b8e626244a1b502305a9e6e2031",
                parts=FITTING,
            ),
            Archive(
                "Test.zip",
                "Test/[0-9]/*.bin",
                MENDELEY + "468j46mzdv/files/05a4d654-7e03-4c15-bdfa-9bb2bcbea494/file_downloaded",
                "69ca8762b2fe404d9b9bad1103e97832",
                parts=("test",),
            ),
        ),
        "the official Train and Test; validation is a tenth of each class of Train",
        (34, 34),
        tuple("0123456789"),
        ("NMNIST", "extract"),
        ("468j46mzdv-1.zip",),
    ),
    Dataset(
        "ncaltech101",
        "N-Caltech101",
        "https://www.garrickorchard.com/datasets/n-caltech101",
        "see the page",
        ORCHARD,
        "the page's archive of everything is 4.0 GB",
        (
            Archive(
                "Caltech101.zip",
                "Caltech101/*/*.bin",
                MENDELEY + "cy6cvx3ryv/files/36b5c52a-b49d-4853-addb-a836a8883e49/file_downloaded",
                "66201824eabb0239c7ab992480b50ba3",
                aliases=("N-Caltech101-archive.zip",),
            ),
        ),
        "no official split: of each class the first nine tenths in the order of the file names "
        "are for training, the rest is test; validation is a tenth of each class of the former",
        (240, 180),
        None,
        ("NCALTECH101", "extract"),
        ("N-Caltech101-archive.zip", "cy6cvx3ryv-1.zip"),
    ),
    Dataset(
        "cifar10-dvs",
        "CIFAR10-DVS",
        "https://figshare.com/articles/dataset/CIFAR10-DVS_New/4724671",
        "see the page",
        'Li et al., "CIFAR10-DVS: An Event-Stream Dataset for Object Classification", '
        "Front. Neurosci. 2017, doi 10.3389/fnins.2017.00309",
        "ten archives, 8.4 GB together",
        tuple(
            Archive(
                f"{name}.zip",
                f"{name}/*.aedat",
                f"https://ndownloader.figshare.com/files/{number}",
                md5,
                size,
            )
            for name, number, md5, size in CIFAR10
        ),
        "samples 0 to 99 of each class are test, 900 to 999 validation, the rest training",
        (128, 128),
        tuple(row[0] for row in CIFAR10),
        ("CIFAR10DVS", "extract"),
    ),
    Dataset(
        "dvs-gesture",
        "DVS128 Gesture",
        "https://ibm.ent.box.com/s/3hiq58ww1pbbjrinh367ykfdf60xsfm8/folder/50167556794",
        "CC BY 4.0",
        'Amir et al., "A Low Power, Fully Event-Based Gesture Recognition System", CVPR 2017, '
        "https://research.ibm.com/interactive/dvsgesture/",
        "3 GB, and 5 GB unpacked",
        (
            Archive(
                "DvsGesture.tar.gz",
                "DvsGesture/*.aedat",
                None,
                "8a5c71fb11e24e5ca5b11866ca6c00a1",
            ),
        ),
        "users 24 to 29 are test (trials_to_test.txt); of the others, users 20 to 23 are "
        "validation",
        (128, 128),
        GESTURES,
        ("DVS128Gesture", "extract"),
    ),
    Dataset(
        "shd",
        "Spiking Heidelberg Digits",
        SPOKEN_PAGE,
        "CC BY 4.0",
        CRAMER,
        SPOKEN_SPACE,
        (
            _spoken("shd", "train", FITTING, "f3252aeb598ac776c1b526422d90eecb"),
            _spoken("shd", "test", ("test",), "1503a5064faa34311c398fb0a1ed0a6f"),
        ),
        "the official train and test; validation is a tenth of each class of train",
        (700, 1),
        None,
        ("SHD", "extract"),
        needs="h5py",
    ),
    Dataset(
        "ssc",
        "Spiking Speech Commands",
        SPOKEN_PAGE,
        "CC BY 4.0",
        CRAMER,
        SPOKEN_SPACE,
        (
            _spoken("ssc", "train", ("train",), "d102be95e7144fcc0553d1f45ba94170"),
            _spoken("ssc", "valid", ("validation",), "b4eee3516a4a90dd0c71a6ac23a8ae43"),
            _spoken("ssc", "test", ("test",), "a35ff1e9cffdd02a20eb850c17c37748"),
        ),
        "the official train, valid and test",
        (700, 1),
        None,
        ("SSC", "extract"),
        needs="h5py",
    ),
)
CATALOGUE = {dataset.name: dataset for dataset in _ALL}
NAMES = tuple(CATALOGUE)
